/**
 * What every {@link TrainerApi} must do, the worker as well as its stand-in, as checks that need no test runner: the
 * end-to-end tests run them in a page. They say nothing of the numbers.
 */
import { mailboxOf } from '../../src/ui/mail/calls';
import type { RunEvent } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import type { Settings } from '../../src/settings/settings';
import type { AskEvent, NamedFile, RunResult, TrainerApi } from '../../workers/api';

export interface TrainerCheck {
  readonly name: string;
  /**
   * Fails by throwing.
   * @param settings of a short run of two steps or more with a baseline, in the mail environment; `outputDir` is the
   *   check's own and empty
   */
  readonly run: (api: TrainerApi, settings: Settings) => Promise<void>;
}

function holds(what: string, isSo: boolean, found?: unknown): void {
  if (!isSo) throw new Error(`${what}${found === undefined ? '' : `: found ${JSON.stringify(found)}`}.`);
}

function same(what: string, found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  holds(`${what}: expected ${other}, found ${one}`, one === other);
}

async function fails(what: string, name: string, message: RegExp, call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason as Error,
  );
  holds(`${what}: succeeded`, error !== null);
  same(`${what}: name of the error`, error?.name, name);
  holds(`${what}: message`, message.test(error?.message ?? ''), error?.message);
}

async function wholeRun(
  api: TrainerApi,
  settings: Settings,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<{ events: RunEvent[]; result: RunResult }> {
  const events: RunEvent[] = [];
  const result = await api.run(settings, (event) => {
    events.push(event);
    onEvent(event);
  });
  return { events, result };
}

const ofKind = <Kind extends RunEvent['kind']>(events: readonly RunEvent[], kind: Kind) =>
  events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind);

async function lines(api: TrainerApi, path: string): Promise<number[]> {
  const bytes = await api.readFile(path);
  holds(`${path} is there`, bytes !== null);
  const text = new TextDecoder().decode(bytes ?? new Uint8Array()).trimEnd();
  return text.split('\n').map((line) => (JSON.parse(line) as { step: number }).step);
}

/** Of metrics.jsonl, without what depends on the clock. */
async function numbers(api: TrainerApi, { outputDir }: Settings): Promise<unknown[]> {
  const bytes = (await api.readFile(`${outputDir}/metrics.jsonl`)) ?? new Uint8Array();
  const rows = new TextDecoder().decode(bytes).trimEnd().split('\n');
  return rows.map((line) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    for (const field of CLOCK_FIELDS) delete row[field];
    return row;
  });
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

const run: TrainerCheck = {
  name: 'a run tells its steps, evaluations and saves in order, and leaves its files',
  run: async (api, settings) => {
    const { outputDir, maxSteps } = settings;
    const { events, result } = await wholeRun(api, settings);
    const last = events.at(-1);
    holds('the last event is the end', last?.kind === 'end', last?.kind);
    same(
      'the result',
      { ...result, bestAccuracy: 0 },
      {
        reason: last?.kind === 'end' ? last.reason : '',
        step: maxSteps,
        bestAccuracy: 0,
        outputDir,
      },
    );
    const kinds = events
      .map(({ kind }) => kind)
      .filter((kind) => !['progress', 'log', 'memory'].includes(kind));
    holds('the baseline comes first', kinds[0] === 'evaluation', kinds);
    const needs = ofKind(events, 'memory');
    holds('the memory is told once', needs.length === 1 && (needs[0]?.need.weights ?? 0) > 0, needs);
    const steps = ofKind(events, 'step');
    same(
      'steps',
      steps.map(({ metrics }) => metrics.step),
      upTo(maxSteps),
    );
    for (const step of steps) {
      const next = events.slice(events.indexOf(step) + 1).find(({ kind }) => kind !== 'progress');
      same(
        'trajectories follow their step',
        next?.kind === 'trajectories' ? next.step : next?.kind,
        step.metrics.step,
      );
    }
    const evaluations = ofKind(events, 'evaluation').map(({ summary }) => summary);
    same('baseline', evaluations.map(({ isBaseline }) => isBaseline).indexOf(true), 0);
    same('the last evaluation is after the last step', evaluations.at(-1)?.step, maxSteps);
    holds('the baseline is no best model', evaluations[0]?.isBest === false);
    const saved = ofKind(events, 'saved').map(({ path }) => path);
    holds(
      'saved paths are folders of the run',
      saved.every((path) => /^(checkpoint-\d+|final)$/.test(path)),
      saved,
    );
    same('the last save', saved.slice(-2), [`checkpoint-${maxSteps}`, 'final']);
    await runFiles(api, outputDir, maxSteps);
  },
};

async function runFiles(api: TrainerApi, outputDir: string, maxSteps: number): Promise<void> {
  const files = (await api.listFiles(`${outputDir}/`)).map((path) => path.slice(outputDir.length + 1));
  for (const folder of ['best_model', 'final', `checkpoint-${maxSteps}`]) {
    for (const name of ['adapter_model.safetensors', 'adapter_config.json', 'metadata.json']) {
      holds(`${folder}/${name} is there`, files.includes(`${folder}/${name}`), files);
    }
  }
  holds('config.json is there', files.includes('config.json'));
  const logs = files.filter((path) => path.startsWith('eval_logs/')).sort();
  const [baseline, ...others] = logs;
  holds('log of the baseline', /^eval_logs\/baseline_eval_\d{8}_\d{6}\.json$/.test(baseline ?? ''), baseline);
  holds(
    'logs',
    others.every((path) => /^eval_logs\/eval_step_\d{4}\.json$/.test(path)),
    others,
  );
  for (const path of logs) {
    const log = JSON.parse(
      new TextDecoder().decode((await api.readFile(`${outputDir}/${path}`)) ?? new Uint8Array()),
    ) as { summary?: { metrics?: unknown; rewards?: unknown } };
    holds(
      `${path} has a summary`,
      typeof log.summary?.metrics === 'object' && typeof log.summary.rewards === 'object',
    );
  }
  same('lines of metrics.jsonl', await lines(api, `${outputDir}/metrics.jsonl`), upTo(maxSteps));
}

const stopAndResume: TrainerCheck = {
  name: 'a run that is stopped saves its step, has no final adapter, and goes on',
  run: async (api, settings) => {
    const { outputDir, maxSteps } = settings;
    const stopped = await wholeRun(api, settings, (event) => {
      if (event.kind === 'step') void api.stop();
    });
    same('reason', stopped.result.reason, 'stopped');
    const { step } = stopped.result;
    same('saved', ofKind(stopped.events, 'saved').at(-1)?.path, `checkpoint-${step}`);
    same('final adapter', await api.listFiles(`${outputDir}/final/`), []);
    const resumed = await wholeRun(api, { ...settings, resume: 'latest' });
    same('first step after', ofKind(resumed.events, 'step')[0]?.metrics.step, step + 1);
    same('lines of metrics.jsonl', await lines(api, `${outputDir}/metrics.jsonl`), upTo(maxSteps));
  },
};

const busy: TrainerCheck = {
  name: 'while a run goes on, another run, an evaluation or an import is refused',
  run: async (api, settings) => {
    const refused: Promise<void>[] = [];
    await wholeRun(api, settings, (event) => {
      if (event.kind !== 'step' || refused.length > 0) return;
      const nothing = () => undefined;
      refused.push(
        fails('a second run', 'TrainingError', /going on/, api.run(settings, nothing)),
        fails('an evaluation', 'TrainingError', /going on/, api.evaluate(settings, 'test', null, nothing)),
        fails('an import', 'TrainingError', /going on/, mailboxOf(api).add([], 'add')),
      );
    });
    same('refusals', refused.length, 3);
    await Promise.all(refused);
  },
};

const menu: TrainerCheck = {
  name: 'the menu lists tasks of the test split first, and what the environment needs for own ones',
  run: async (api, settings) => {
    const { tasks, takesOwn, own, title } = await api.askMenu(settings);
    holds('a title', title !== '');
    holds('tasks', tasks.length > 0);
    const order = ['test', 'validation', 'train'];
    const splits = tasks.map(({ split }) => order.indexOf(split));
    same(
      'order of splits',
      splits,
      [...splits].sort((a, b) => a - b),
    );
    holds('own tasks', takesOwn);
    const { emails, inboxes } = own as { emails?: unknown; inboxes?: unknown };
    holds('mail to search', typeof emails === 'number' && Array.isArray(inboxes), own);
  },
};

const askDataset: TrainerCheck = {
  name: 'a question of the dataset is told token by token and turn by turn, and judged',
  run: async (api, settings) => {
    const [task] = (await api.askMenu(settings)).tasks;
    const events: AskEvent[] = [];
    const request = { task: { kind: 'dataset', id: task?.id ?? '' }, temperature: 0, draw: 0 } as const;
    const answer = await api.ask(settings, request, null, (event) => events.push(event));
    const told = events.map(({ kind }) => kind).filter((kind) => kind !== 'warning' && kind !== 'loading');
    holds('tokens, then their turn, and so on', /^(?:(?:token,)+turn,)+$/.test(`${told.join()},`), told);
    const turns = events.flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));
    same('turns told and answered', turns, answer.turns);
    same('answer on file', answer.gold, task?.gold);
    same('view', [answer.view.answer, answer.view.correct], [answer.answer, answer.correct]);
    holds('a reward', typeof answer.reward === 'number');
    const { tokens, source, lossMask, tokenAdvantages, logprobs } = answer.view;
    const lengths = [source, lossMask, tokenAdvantages, logprobs].map(({ length }) => length);
    same('arrays of one length', lengths, Array(4).fill(tokens.length));
    holds('sources', Array.isArray(answer.explained['sources']), answer.explained);
  },
};

const askOwn: TrainerCheck = {
  name: 'a question in own words is answered, not judged',
  run: async (api, settings) => {
    const { own } = await api.askMenu(settings);
    const [first] = own['inboxes'] as readonly { inbox: string; queryDate: string }[];
    const request = {
      task: { kind: 'own', input: { text: 'Who wrote last?', ...first } },
      temperature: 0,
      draw: 0,
    } as const;
    const { gold, correct, reward } = await api.ask(settings, request, null, () => undefined);
    same('verdict', [gold, correct, reward], [null, null, null]);
  },
};

const askMeanwhile: TrainerCheck = {
  name: 'a question during a run waits for the step, is answered, and the run goes on as without it',
  run: async (api, settings) => {
    const [task] = (await api.askMenu(settings)).tasks;
    const request = { task: { kind: 'dataset', id: task?.id ?? '' }, temperature: 0, draw: 0 } as const;
    const events: AskEvent[] = [];
    let answered: Promise<unknown> | null = null;
    // What an environment depends on may be other than the run's.
    const { seed, maxTurns, trainDatasetSize } = settings;
    const other = Object.assign(
      { ...settings },
      { seed: seed + 1, maxTurns: maxTurns + 1, trainDatasetSize: trainDatasetSize - 1 },
    );
    const { result } = await wholeRun(api, settings, (event) => {
      if (event.kind === 'step') answered ??= api.ask(other, request, null, (told) => events.push(told));
    });
    holds('it was asked', answered !== null);
    await answered;
    same('first it is told to wait', events[0]?.kind, 'waiting');
    holds(
      'then it is answered',
      events.some(({ kind }) => kind === 'turn'),
    );
    same('the run ends as ever', result.step, settings.maxSteps);
    const alone = { ...settings, outputDir: `${settings.outputDir}-alone` };
    await wholeRun(api, alone);
    const [asked, undisturbed] = [await numbers(api, settings), await numbers(api, alone)];
    same('its numbers', asked, undisturbed);
  },
};

const stopAsking: TrainerCheck = {
  name: 'an asking that is stopped rejects, and the next one is answered',
  run: async (api, settings) => {
    const [task] = (await api.askMenu(settings)).tasks;
    const request = { task: { kind: 'dataset', id: task?.id ?? '' }, temperature: 0, draw: 0 } as const;
    let stops: Promise<void> | null = null;
    const asked = api.ask(settings, request, null, ({ kind }) => {
      if (kind === 'token') stops ??= api.stopAsking();
    });
    await fails('a stopped asking', 'SamplingStopped', /stopped/, asked);
    const answer = await api.ask(settings, request, null, () => undefined);
    holds('the next one', answer.turns.length > 0);
  },
};

const adapters: TrainerCheck = {
  name: 'an adapter is named, exported, evaluated and asked; one that is not there is refused',
  run: async (api, settings) => {
    const { outputDir } = settings;
    const nothing = () => undefined;
    await wholeRun(api, settings);
    const zip = await api.exportAdapter(outputDir, 'final');
    same('a zip begins with PK', [...zip.slice(0, 2)], [0x50, 0x4b]);
    await fails(
      'no such adapter',
      'StorageError',
      /has no checkpoint-99/,
      api.exportAdapter(outputDir, 'checkpoint-99'),
    );
    const gone = { outputDir, which: 'checkpoint-99' };
    await fails('evaluation', 'StorageError', /has no/, api.evaluate(settings, 'test', gone, nothing));
    const report = await api.evaluate(settings, 'test', { outputDir, which: 'final' }, nothing);
    same('split', report.split, 'test');
    same('rows', report.perQuestion.length, report.questions);
    holds('metrics and rewards', typeof report.metrics === 'object' && typeof report.rewards === 'object');
    const request = {
      task: { kind: 'dataset', id: report.perQuestion[0]?.id ?? '' },
      temperature: 0,
      draw: 0,
    } as const;
    const answer = await api.ask(settings, request, { outputDir, which: 'final' }, nothing);
    holds('an answer', answer.turns.length > 0);
  },
};

const storage: TrainerCheck = {
  name: 'files are written, listed, read and removed',
  run: async (api, { outputDir }) => {
    const path = `${outputDir}/notes/a.txt`;
    same('absent', await api.readFile(path), null);
    await api.writeFile(path, new TextEncoder().encode('one'));
    same('listed', await api.listFiles(`${outputDir}/notes/`), [path]);
    same('read', new TextDecoder().decode((await api.readFile(path)) ?? new Uint8Array()), 'one');
    await api.removeFiles(`${outputDir}/notes/`);
    same('removed', await api.listFiles(`${outputDir}/notes/`), []);
  },
};

const MAIL =
  'From: a@b.example\nTo: c@d.example\nDate: Mon, 6 May 2024 10:00:00 +0000\nSubject: Hi\nMessage-ID: <1@b>\n\nHello.';

const imports: TrainerCheck = {
  name: 'an import is counted by kind, what was not used is named, a second beside it is refused, and all of it can go',
  run: async (api) => {
    const mailbox = mailboxOf(api);
    await mailbox.clear();
    const file = (path: string, content: string): NamedFile => ({
      path,
      bytes: new TextEncoder().encode(content),
    });
    const first = mailbox.add([file('a.eml', MAIL), file('b.pdf', '%PDF-1.4 \u0000')], 'add');
    const second = mailbox.add([file('c.eml', MAIL)], 'add');
    await fails('a second import', 'TrainingError', /an import is going on/, second);
    const report = await first;
    same('files', report.files, 2);
    same('counts', report.counts, { messages: 1, added: 1, already: 0, questions: 0 });
    same(
      'rejected',
      report.rejected.map(({ source }) => source),
      ['b.pdf'],
    );
    same('mails', (await mailbox.info())?.mails, 1);
    same('found', (await mailbox.search('hello')).length, 1);
    await mailbox.clear();
    same('nothing', await mailbox.info(), null);
  },
};

const models: TrainerCheck = {
  name: 'what is no model is refused by the names of the files',
  run: async (api) => {
    const files = [{ path: 'notes.txt', content: new Blob(['not a model']) }];
    await fails('a text', 'PolicyError', /Among notes\.txt there is no model/, api.openModel(files));
  },
};

const downloads: TrainerCheck = {
  name: 'downloads are listed and removed, and a token is taken without a word',
  run: async (api) => {
    same('a token', await api.setHubToken('secret'), undefined);
    same('none', await api.setHubToken(null), undefined);
    for (const { base } of await api.listDownloads()) await api.removeDownload(base);
    same('left', await api.listDownloads(), []);
    same('absent', await api.removeDownload('https://nobody.example/'), undefined);
  },
};

/** In an order in which one check's waiting helps the next: a worker loads its model once. */
export const TRAINER_CONTRACT: readonly TrainerCheck[] = [
  storage,
  downloads,
  models,
  imports,
  menu,
  run,
  stopAndResume,
  busy,
  askDataset,
  askOwn,
  askMeanwhile,
  stopAsking,
  adapters,
];
