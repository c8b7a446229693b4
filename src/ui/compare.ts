/** Curves of several runs on top of each other, at equal steps, equal time or equal tokens. */
import type { Mode } from '../settings/choices';
import { el, fill, setText } from './dom';
import { EVALUATION_METRICS } from '../report/evaluation-metrics';
import { count, duration, integer, NONE, percent } from '../report/format';
import { metricText, type NamedMetric } from '../report/metric-info';
import { metricValue, STEP_METRICS, stepMetric, warmStartMetric, type CoreMetric } from '../report/metrics';
import { LineChart, type SeriesSpec } from './line-chart';
import { chartForm } from './metric-charts';
import {
  axisOf,
  differences,
  missingModes,
  readingOf,
  recordColours,
  recordMode,
  recordName,
  warmStartAxisOf,
  type Axis,
} from './records';
import type { PageStore, Runner } from './runner';
import {
  align,
  latest,
  movingMean,
  secondsSoFar,
  SMOOTHING,
  type Curve,
  type Points,
} from '../report/series';
import { currentRecord, isActive, type RunRecord } from './state';

const AXES: readonly (readonly [Axis, string])[] = [
  ['steps', 'Steps'],
  ['seconds', 'Seconds'],
  ['tokens', 'Tokens'],
];

interface Measure {
  readonly metric: NamedMetric;
  readonly caption: string;
  readonly look?: SeriesSpec['look'];
  readonly curve: (record: RunRecord, axis: Axis) => Curve;
  /** Whether a run has such values; absent: every run has. */
  readonly concerns?: (record: RunRecord) => boolean;
}

const valuesOf = ({ steps }: RunRecord, { name }: NamedMetric): Points =>
  steps.map((step) => metricValue(step, name));

function perStep(name: CoreMetric): Measure {
  const metric = stepMetric(name);
  return {
    metric,
    caption: metric.caption,
    curve: (record, axis) => ({ x: axisOf(record, axis), y: valuesOf(record, metric) }),
  };
}

/** Of a number that jumps from step to step. */
function smoothed(name: CoreMetric): Measure {
  const metric = stepMetric(name);
  return {
    metric,
    caption: `${metric.caption} Mean of ${SMOOTHING} steps.`,
    curve: (record, axis) => ({
      x: axisOf(record, axis),
      y: movingMean(valuesOf(record, metric), SMOOTHING),
    }),
  };
}

const EVALUATION: NamedMetric = { name: 'accuracy', ...EVALUATION_METRICS.accuracy };

const MEASURES: readonly Measure[] = [
  smoothed('accuracy'),
  {
    metric: EVALUATION,
    caption: EVALUATION.caption,
    look: 'points',
    curve: (record, axis) => {
      const position = new Map(axisOf(record, axis).map((x, i) => [record.steps[i]?.step, x]));
      // Before the first step no time has passed.
      const evaluations = record.evaluations.filter((e) => e.step === 0 || position.has(e.step));
      return { x: evaluations.map((e) => position.get(e.step) ?? 0), y: evaluations.map((e) => e.accuracy) };
    },
  },
  smoothed('rewardMean'),
  perStep('kl'),
  perStep('entropy'),
  perStep('trainableRatio'),
  {
    metric: warmStartMetric('loss'),
    caption: warmStartMetric('loss').caption,
    curve: (record, axis) => ({
      x: warmStartAxisOf(record, axis),
      y: (record.warmStart ?? []).map(({ loss }) => loss),
    }),
    concerns: ({ warmStart = [] }) => warmStart.length > 0,
  },
];

export function createCompare(store: PageStore, runner: Runner): HTMLElement {
  let axis: Axis = 'steps';
  const empty = el(
    'p',
    { class: 'empty' },
    'No runs yet. Train once masked and once unmasked with the same seed: both start from the same answers, and their curves are laid over each other here.',
  );
  const list = el('ul', { class: 'run-list' });
  const charts = MEASURES.map((measure) => ({
    measure,
    chart: new LineChart({
      title: measure.metric.label,
      caption: measure.caption,
      ...chartForm(measure.metric),
      series: [],
      headline: -1,
    }),
  }));
  const axisPicker = el(
    'fieldset',
    { class: 'segmented' },
    el('legend', {}, 'At equal'),
    ...AXES.map(([value, label]) =>
      el(
        'label',
        {},
        el('input', {
          type: 'radio',
          name: 'axis',
          value,
          checked: value === axis,
          on: {
            change: () => {
              axis = value;
              draw(store.state.records, store.state.hiddenRecords);
            },
          },
        }),
        el('span', {}, label),
      ),
    ),
  );
  const table = el('div', {
    class: 'card table-scroll',
    tabindex: 0,
    role: 'group',
    'aria-label': 'Table of runs',
  });
  const reading = el('p', { class: 'compare-reading', role: 'status' });
  const siblings = el('div', { class: 'button-row' });
  const body = el(
    'div',
    {},
    el('section', { class: 'card compare-next', 'aria-label': 'What differs' }, reading, siblings),
    el('div', { class: 'compare-tools' }, list, axisPicker),
    el('div', { class: 'charts' }, ...charts.map(({ chart }) => chart.root)),
    table,
  );

  let drawnAs = '';
  const draw = (all: readonly RunRecord[], hiddenRecords: ReadonlySet<string>): void => {
    const records = all.filter((record) => record.steps.length > 0);
    empty.hidden = records.length > 0;
    body.hidden = records.length === 0;
    const colours = recordColours(records);
    const shown = records.filter((record) => !hiddenRecords.has(record.id));
    const key = shown.map((record) => `${record.id}=${colours.get(record.id) ?? ''}`).join('|') + axis;
    for (const { measure, chart } of charts) {
      const series = shown.map((record): SeriesSpec => ({
        label: recordName(record),
        colour: colours.get(record.id) ?? '--curve-1',
        look: measure.look ?? 'line',
      }));
      if (key !== drawnAs) chart.setSeries(series, { xName: axis === 'steps' ? 'step' : axis });
      chart.root.hidden = measure.concerns !== undefined && !shown.some(measure.concerns);
      const { x, ys } = align(shown.map((record) => measure.curve(record, axis)));
      chart.setData(x, ys);
    }
    drawnAs = key;
    fill(table, tableOf(shown, colours));
    const active = isActive(store.state.run.status);
    setText(reading, readingOf(shown, active ? currentRecord(store.state) : null));
    drawSiblings(siblings, records, active, store, runner);
    drawList(list, records, hiddenRecords, colours, store);
  };
  store.watch(
    (state) => state.records,
    (records, state) => draw(records, state.hiddenRecords),
  );
  store.watch(
    (state) => state.hiddenRecords,
    (hiddenRecords, state) => draw(state.records, hiddenRecords),
  );
  store.watch(
    (state) => isActive(state.run.status),
    (_, state) => draw(state.records, state.hiddenRecords),
  );
  return el('div', { class: 'compare' }, empty, body);
}

function drawList(
  list: HTMLElement,
  records: readonly RunRecord[],
  hiddenRecords: ReadonlySet<string>,
  colours: ReadonlyMap<string, string>,
  store: PageStore,
): void {
  const present = new Map(
    [...list.children].map((node) => [(node as HTMLElement).dataset['id'] ?? '', node as HTMLElement]),
  );
  const nodes = records.map((record) => {
    // Kept between draws, so that a checkbox does not lose the focus each step.
    const node = present.get(record.id) ?? listItem(record, store);
    node.style.setProperty('--key', `var(${colours.get(record.id) ?? '--curve-1'})`);
    const box = node.querySelector('input');
    if (box) box.checked = !hiddenRecords.has(record.id);
    const note = node.querySelector('small');
    if (note)
      setText(note, `${count(record.steps.length, 'step')}${record.origin === 'stored' ? ', stored' : ''}`);
    return node;
  });
  if (nodes.length !== list.children.length || nodes.some((node, i) => list.children[i] !== node)) {
    list.replaceChildren(...nodes);
  }
}

function listItem(record: RunRecord, store: PageStore): HTMLElement {
  const box = el('input', {
    type: 'checkbox',
    on: { change: () => store.dispatch({ kind: 'record-shown', id: record.id, shown: box.checked }) },
  });
  return el(
    'li',
    { 'data-id': record.id },
    el(
      'label',
      {},
      box,
      el('span', { class: 'key key-line', 'aria-hidden': 'true' }),
      recordName(record),
      ' ',
      el('small'),
    ),
  );
}

const TRAINED_TEXT: Readonly<Record<Mode, string>> = {
  masked: 'what the model wrote',
  rollout: 'tool results too',
  simple: 'one answer, no tools',
};

const SIBLING_TEXT: Readonly<Record<Mode, string>> = {
  masked: 'Train the same with the mask',
  rollout: 'Train the same without the mask',
  simple: 'Train the same in simple mode',
};

/** One press starts what is missing beside the newest run. */
function drawSiblings(
  row: HTMLElement,
  records: readonly RunRecord[],
  active: boolean,
  store: PageStore,
  runner: Runner,
): void {
  const record = currentRecord(store.state) ?? records.findLast(({ settings }) => settings !== null) ?? null;
  const missing = record === null ? [] : missingModes(record, records);
  const key = active ? '' : missing.join();
  if (row.dataset['key'] === key) return;
  row.dataset['key'] = key;
  row.hidden = key === '';
  fill(row, ...(active || record === null ? [] : missing.map((mode) => siblingButton(record, mode, runner))));
}

export function siblingButton(record: RunRecord, mode: Mode, runner: Runner): HTMLButtonElement {
  return el(
    'button',
    { type: 'button', on: { click: () => void runner.trainSibling(record, mode) } },
    SIBLING_TEXT[mode],
  );
}

interface Row {
  readonly name: string;
  readonly explain?: string;
  readonly cell: (record: RunRecord) => string;
}

/** The end of a noisy curve. */
function settled(name: CoreMetric): Row {
  const metric = stepMetric(name);
  return {
    name: metric.label,
    explain: metric.caption,
    cell: (record) => metricText(latest(movingMean(valuesOf(record, metric), SMOOTHING)), metric.unit),
  };
}

const RESULTS: readonly Row[] = [
  {
    name: STEP_METRICS.maxSteps.label,
    cell: ({ steps }) => `${steps.at(-1)?.step ?? NONE} of ${steps.at(-1)?.maxSteps ?? NONE}`,
  },
  settled('accuracy'),
  {
    name: EVALUATION.label,
    explain: 'Of the model it started from, and the best since.',
    cell: ({ evaluations }) => {
      const start = evaluations.find((e) => e.step === 0)?.accuracy;
      const later = evaluations.filter((e) => e.step > 0).map((e) => e.accuracy);
      const best = later.length === 0 ? null : Math.max(...later);
      return start === undefined ? percent(best) : `${percent(start)} → ${percent(best)}`;
    },
  },
  settled('rewardMean'),
  settled('kl'),
  settled('entropy'),
  settled('trainableRatio'),
  {
    name: STEP_METRICS.totalTokens.label,
    cell: ({ steps }) => integer(steps.reduce((sum, s) => sum + s.totalTokens, 0)),
  },
  { name: 'Time of work', cell: ({ steps }) => duration(secondsSoFar(steps).at(-1) ?? 0) },
];

/** Runs as columns: first the settings in which they differ, then what came out. */
function tableOf(records: readonly RunRecord[], colours: ReadonlyMap<string, string>): HTMLElement {
  const row = (name: string, cells: readonly string[], explain = '') =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', title: explain === '' ? null : explain }, name),
      ...cells.map((cell) => el('td', {}, cell)),
    );
  const section = (title: string, rows: readonly HTMLElement[]) =>
    el(
      'tbody',
      {},
      el(
        'tr',
        { class: 'table-section' },
        el('th', { scope: 'rowgroup', colspan: records.length + 1 }, title),
      ),
      ...rows,
    );
  const differing = differences(records);
  const modes = records.map((record) => recordMode(record));
  return el(
    'table',
    { class: 'compare-table' },
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        el('td'),
        ...records.map((record) =>
          el(
            'th',
            { scope: 'col', style: `--key: var(${colours.get(record.id) ?? '--curve-1'})` },
            el('span', { class: 'key key-line', 'aria-hidden': 'true' }),
            recordName(record),
          ),
        ),
      ),
    ),
    section(records.length > 1 ? 'Settings that differ' : 'Setting', [
      row(
        'What is trained',
        modes.map((mode) => (mode === null ? NONE : TRAINED_TEXT[mode])),
      ),
      ...differing.map(({ label, values }) =>
        row(
          label,
          values.map((value) => value ?? NONE),
        ),
      ),
    ]),
    section(
      `Results (mean of the last ${SMOOTHING} steps)`,
      RESULTS.map(({ name, cell, explain }) => row(name, records.map(cell), explain)),
    ),
  );
}
