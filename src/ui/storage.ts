/** Adapters of this and earlier runs: download, evaluate, go on, delete; and how much room is left. */
import { siblingButton } from './compare';
import { createDownloads } from './downloads';
import { el, fill } from './dom';
import { accuracyText, triesText } from '../report/evaluation';
import { bytes, count, integer, NONE, percent, signed } from '../report/format';
import { checkpointStep } from '../report/run-files';
import { missingModes } from './records';
import type { PageStore, Runner } from './runner';
import { adapterLabel, storedRuns, type StoredRun } from './runs';
import { currentRecord, isActive, type EvaluationState, type State } from './state';

export function createStorage(store: PageStore, runner: Runner): HTMLElement {
  const runs = el('div', { class: 'stored' });
  const usage = el('p', { class: 'note' });
  const result = el('div', {});
  const draw = (): void => {
    const { state } = store;
    const found = storedRuns(state.files ?? []);
    if (state.files === null) fill(runs, el('p', { class: 'empty' }, 'Looking into the browser’s storage…'));
    else if (found.length === 0) {
      fill(
        runs,
        el(
          'p',
          { class: 'empty' },
          'No adapters yet. A run saves its best model, checkpoints and the final adapter in this browser; here you download them.',
        ),
      );
    } else fill(runs, ...found.reverse().map((run) => runNode(run, state, runner)));
  };
  store.watch(
    (state) => state.files,
    () => draw(),
  );
  store.watch(
    (state) => state.run.status,
    () => draw(),
  );
  store.watch(
    (state) => state.run.saved,
    (saved) => {
      if (saved.length > 0) void runner.refreshFiles();
    },
  );
  store.watch(
    (state) => state.evaluation,
    (evaluation) => fill(result, evaluation === null ? null : evaluationNode(evaluation)),
  );
  store.watch(
    (state) => state.usage,
    (found) =>
      fill(
        usage,
        found === null
          ? ''
          : `This page uses ${bytes(found.used)} of the ${bytes(found.quota)} that the browser allows it (models and programs included).`,
      ),
  );
  return el(
    'div',
    { class: 'files' },
    el('h2', {}, 'Adapters & storage'),
    el(
      'p',
      { class: 'lead' },
      'An adapter is the small set of weights that a run has learned. The download is a zip in PEFT format, with the run’s metrics.',
    ),
    runs,
    result,
    createDownloads(store, runner),
    usage,
  );
}

/** The download that a finished run offers right under its progress. */
export function createDownload(store: PageStore, runner: Runner): HTMLElement {
  /** What the visitor chose; until then the best there is. */
  let chosen = '';
  const select = el('select', {
    'aria-label': 'Which adapter to download',
    on: { change: () => (chosen = select.value) },
  });
  const sibling = el('span', { class: 'button-row' });
  store.watch(
    (state) => (state.run.status === 'ended' ? currentRecord(state) : null),
    (record) => {
      const missing = record === null ? [] : missingModes(record, store.state.records);
      // Masked beside unmasked is what the page is about; the third mode is offered in the Compare view.
      const mode = missing.find((one) => one !== 'simple');
      fill(sibling, record === null || mode === undefined ? null : siblingButton(record, mode, runner));
    },
  );
  const root = el(
    'div',
    { class: 'button-row download', 'data-testid': 'download' },
    select,
    el(
      'button',
      {
        type: 'button',
        class: 'primary',
        on: {
          click: () => {
            const record = currentRecord(store.state);
            if (record !== null) void runner.downloadAdapter(record.outputDir, select.value);
          },
        },
      },
      'Download adapter',
    ),
    el(
      'button',
      { type: 'button', on: { click: () => store.dispatch({ kind: 'view', view: 'ask' }) } },
      'Ask it a question',
    ),
    sibling,
  );
  // Not from the run's reports: older checkpoints are removed again while it goes on.
  const draw = (): void => {
    const dir = currentRecord(store.state)?.outputDir;
    const run = storedRuns(store.state.files ?? []).find(({ outputDir }) => outputDir === dir);
    const names = run?.adapters ?? [];
    root.hidden = names.length === 0;
    fill(select, ...names.map((name) => el('option', { value: name }, adapterLabel(name))));
    if (names.includes(chosen)) select.value = chosen;
  };
  store.watch((state) => state.files, draw);
  store.watch((state) => state.run.recordId, draw);
  return root;
}

function runNode(run: StoredRun, state: State, runner: Runner): HTMLElement {
  const busy = isActive(state.run.status);
  const own = busy && currentRecord(state)?.outputDir === run.outputDir;
  const record = state.records.find((r) => r.outputDir === run.outputDir);
  const select = el(
    'select',
    { 'aria-label': `Adapter of ${run.outputDir}` },
    ...run.adapters.map((name) => el('option', { value: name }, adapterLabel(name))),
  );
  const settings = record?.settings ?? null;
  const last = record?.steps.at(-1);
  const hasCheckpoint = run.adapters.some((name) => checkpointStep(name) !== null);
  const canGoOn =
    hasCheckpoint && !own && (run.unfinished || (last !== undefined && last.step < last.maxSteps));
  return el(
    'section',
    { class: 'card stored-run', 'aria-label': run.outputDir },
    el(
      'h3',
      {},
      run.outputDir,
      ' ',
      own
        ? el('span', { class: 'tag tag-good' }, 'running')
        : run.unfinished && el('span', { class: 'tag' }, 'unfinished'),
    ),
    el(
      'p',
      { class: 'note' },
      last
        ? `${count(last.step, 'step')} of ${last.maxSteps}, reward ${signed(last.rewardMean)}`
        : 'No curves were kept.',
    ),
    el(
      'div',
      { class: 'button-row' },
      run.adapters.length > 0 && select,
      run.adapters.length > 0 &&
        button('Download', () => void runner.downloadAdapter(run.outputDir, select.value), false),
      settings !== null &&
        run.adapters.length > 0 &&
        button(
          'Ask the test questions',
          () => void runner.evaluate(settings, run.outputDir, select.value),
          busy,
        ),
      canGoOn && button('Go on with this run', () => void runner.continueRun(run.outputDir), busy),
      !own && deleteButton(run.outputDir, runner),
    ),
  );
}

function button(text: string, click: () => void, disabled: boolean): HTMLButtonElement {
  return el('button', { type: 'button', class: 'quiet', disabled, on: { click } }, text);
}

/** Asks once more in its own place before anything is removed. */
function deleteButton(outputDir: string, runner: Runner): HTMLElement {
  const row = el('span', { class: 'button-row' });
  const ask = (): void => {
    const no = button('Keep', calm, false);
    fill(
      row,
      el('span', {}, 'Delete this run for good?'),
      button('Delete', () => void runner.removeRun(outputDir), false),
      no,
    );
    no.focus();
  };
  const calm = (): void => {
    const first = button('Delete', ask, false);
    fill(row, first);
    if (row.isConnected) first.focus();
  };
  calm();
  return row;
}

function evaluationNode(evaluation: EvaluationState): HTMLElement {
  const { report } = evaluation;
  const title = `Test questions with ${evaluation.outputDir}/${evaluation.which}`;
  if (report === null) {
    const { progress } = evaluation;
    const text =
      progress === null
        ? 'Starting…'
        : `${progress.note} ${integer(progress.done)} of ${integer(progress.total)}`;
    return el(
      'section',
      { class: 'card', 'aria-label': title },
      el('h3', {}, title),
      el('p', { role: 'status' }, text),
    );
  }
  const tries = triesText(report);
  const mark = (right: boolean | null) =>
    right !== null &&
    el('span', { class: `verdict verdict-${right ? 'right' : 'wrong'}` }, right ? '✓' : '✗');
  return el(
    'section',
    { class: 'card', 'aria-label': title },
    el('h3', {}, title),
    el(
      'p',
      {},
      el('b', {}, `${percent(report.greedyAccuracy)} right`),
      ` with its most likely answers, ${accuracyText(report.sampledAccuracy, report.accuracyInterval)} sampled, on ${count(report.questions, 'question')} it never saw. Reward ${signed(report.reward)}.`,
    ),
    tries !== null && el('p', {}, `${report.sampled.tries ?? 1} tries at each question: ${tries}.`),
    el(
      'div',
      { class: 'table-scroll table-tall', tabindex: 0, role: 'group', 'aria-label': 'Table of questions' },
      el(
        'table',
        { class: 'left' },
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ...['Question', 'Right answer', 'Most likely', 'Sampled'].map((h) =>
              el('th', { scope: 'col' }, h),
            ),
          ),
        ),
        el(
          'tbody',
          {},
          ...report.perQuestion.map((q) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row' }, q.question),
              el('td', {}, q.gold ?? NONE),
              el('td', {}, mark(q.greedyCorrect), ` ${q.greedy ?? NONE}`),
              el('td', {}, mark(q.sampledCorrect), ` ${q.sampled ?? NONE}`),
            ),
          ),
        ),
      ),
    ),
  );
}
