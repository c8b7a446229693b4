/** Asking one question gives what an evaluation gives, token for token, by `generate()` instead of the sampler. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { adapterFolder } from '../../src/engine/peft';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { evaluatePolicy } from '../../src/grpo/evaluate';
import type { RunEvent, Trajectory } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import { SamplingStopped } from '../../src/engine/transformers/generate-sampling';
import type { HostTensors } from '../../src/formats/tensors';
import { Random } from '../../src/random/philox';
import type { MailSourceOfAnswer } from '../../src/env/mail/evidence';
import type { MailMenu } from '../../src/env/mail/tasks';
import { ask, askMenu, askPolicy } from '../../src/run/ask';
import { openRun, type OpenedRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { RunControl } from '../../src/run/train/control';
import { runTraining } from '../../src/run/train/trainer';
import { schemaOf } from '../../src/env/settings';
import type { Task } from '../../src/env/types';
import type { Settings } from '../../src/settings/settings';
import { resolveSettings } from '../../src/settings/resolve';
import type { AskAnswer, AskEvent, AskRequest } from '../../src/run/types';

const { settings: SETTINGS } = resolveSettings({ flags: { loraR: '4', loraAlpha: '8' } }, schemaOf('mail'));
const COUNT = 3;

let platform: RunPlatform;
let session: Session;
let run: OpenedRun;
let adapter: HostTensors;
beforeAll(async () => {
  await createDawnGpu();
  platform = await nodePlatform(() => undefined);
  session = new Session(platform);
  run = await openRun(session, SETTINGS, new MemoryStore(), () => undefined);
  // Small enough that the policy still converses, large enough that its tokens change.
  adapter = await run.policy.readAdapter();
  for (const [name, { data }] of adapter) {
    const random = new Random(2, name);
    if (name.includes('.lora_B.')) for (let i = 0; i < data.length; i++) data[i] = 0.15 * random.normal();
  }
  run.policy.loadAdapter(adapter);
});
afterAll(() => {
  run.dispose();
  session.dispose();
});

const questions = (): readonly Task[] => run.environment.tasks.test.slice(0, COUNT);

async function evaluated(temperature: number): Promise<readonly Trajectory[]> {
  const each: Trajectory[] = [];
  // One by one: an ask is the first question of its own list, and so has that one's random stream.
  for (const question of questions()) {
    const options = { step: 0, split: 'test', temperature } as const;
    each.push(...(await evaluatePolicy(run.deps, run.settings, [question], options)).trajectories);
  }
  return each;
}

async function asked(temperature: number, events: AskEvent[] = []): Promise<AskAnswer[]> {
  const answers: AskAnswer[] = [];
  for (const question of questions()) {
    answers.push(
      await askPolicy({ ...run.deps, ...run }, run.settings, question, {
        temperature,
        draw: 0,
        isScored: true,
        onEvent: (event) => events.push(event),
      }),
    );
  }
  return answers;
}

function expectSame(answers: readonly AskAnswer[], trajectories: readonly Trajectory[]): void {
  expect(answers).toHaveLength(trajectories.length);
  answers.forEach(({ view, answer, correct, reward, turns, endReason }, i) => {
    const { ids, source, logprobs, outcome, reward: wanted } = trajectories[i] as Trajectory;
    expect(view.tokens).toEqual(ids.map((id) => run.deps.chat.tokenText(id)));
    expect(view.source).toEqual(source);
    view.logprobs.forEach((logprob, t) => expect(logprob).toBeCloseTo(logprobs[t] as number, 4));
    expect({ answer, correct, reward, turns, endReason }).toEqual({
      answer: outcome.answer,
      correct: outcome.success,
      reward: wanted,
      turns: outcome.turns,
      endReason: outcome.stopCondition,
    });
  });
}

describe('the tokens, turns and verdict of an evaluation', () => {
  test.each([0, 1])('temperature %d, adapter on and off', async (temperature) => {
    const texts: string[] = [];
    for (const on of [true, false]) {
      run.policy.adapterEnabled = on;
      const answers = await asked(temperature);
      expectSame(answers, await evaluated(temperature));
      texts.push(JSON.stringify(answers.map(({ view }) => view.tokens)));
    }
    run.policy.adapterEnabled = true;
    expect(texts[0]).not.toBe(texts[1]);
  });

  test('events tell every sampled token and every turn, in order', async () => {
    run.policy.adapterEnabled = false;
    const events: AskEvent[] = [];
    const answers = await asked(0, events);
    run.policy.adapterEnabled = true;
    const written = events.flatMap((event) => (event.kind === 'token' ? [event.text] : []));
    expect(written).toEqual(
      answers.flatMap(({ view }) => view.tokens.filter((_, t) => view.source[t] === 1)),
    );
    const turns = events.flatMap((event) => (event.kind === 'turn' ? [event.turn] : []));
    const wanted = answers.flatMap((answer) => answer.turns);
    expect(turns.map(({ text, calls }) => ({ text, calls }))).toEqual(
      wanted.map(({ text, calls }) => ({ text, calls })),
    );
    expect(turns.map((turn) => turn.results.map(({ content }) => content))).toEqual(
      wanted.map((turn) => turn.results.map(({ content }) => content)),
    );
    expect(wanted.length).toBeGreaterThan(COUNT);
    // The built-in policy finds most answers, and names the mail that holds them.
    const sources = answers.flatMap(({ explained }) => explained['sources'] as MailSourceOfAnswer[]);
    expect(sources.some(({ isReference, email }) => isReference && email !== null)).toBe(true);
  });

  test('each try above temperature 0 is another', async () => {
    const question = questions()[0] as Task;
    const tokens = async (draw: number) => {
      const options = { temperature: 2, draw, isScored: true, onEvent: () => undefined };
      return (await askPolicy({ ...run.deps, ...run }, run.settings, question, options)).view.tokens;
    };
    expect(await tokens(1)).not.toEqual(await tokens(2));
  });
});

describe('from settings and files, as the page asks', () => {
  const folder = () =>
    adapterFolder(adapter, { r: 4, alpha: 8, targets: SETTINGS.loraTargets }, { baseModel: 'mailgym-tiny' });

  test('a question of the dataset, with an adapter, in its own device', async () => {
    const question = questions()[0] as Task;
    const request = { task: { kind: 'dataset', id: question.id }, temperature: 0, draw: 0 } as const;
    const events: AskEvent[] = [];
    const own = new Session(platform);
    const answer = await ask(own, SETTINGS, request, folder(), (event) => events.push(event));
    own.dispose();
    expectSame([answer], [(await evaluated(0))[0] as Trajectory]);
    expect(events[0]?.kind).toBe('loading');
  });

  test('a question in own words has no verdict', async () => {
    const { own: menu, tasks: known, takesOwn } = askMenu(run.environment);
    expect(known[0]?.split).toBe('test');
    expect(takesOwn).toBe(true);
    const { inboxes } = menu as unknown as MailMenu;
    const own = { text: ' Who signed the contract? ', ...(inboxes[0] as (typeof inboxes)[0]) };
    const answer = await ask(
      session,
      SETTINGS,
      { task: { kind: 'own', input: own }, temperature: 0, draw: 0 },
      null,
      () => undefined,
    );
    expect(answer).toMatchObject({ gold: null, correct: null, reward: null });
    expect(answer.view.tokens.join('')).toContain(`Inbox ${own.inbox}. Today ${own.queryDate}.`);
    expect(answer.turns.length).toBeGreaterThan(0);
  });

  test('stopped in the middle; nothing stays on the GPU', async () => {
    const stop = new AbortController();
    const live = run.policy.memory.bytes;
    const asking = askPolicy({ ...run.deps, ...run }, run.settings, questions()[0] as Task, {
      temperature: 0,
      draw: 0,
      isScored: true,
      onEvent: (event) => {
        if (event.kind === 'token') stop.abort();
      },
      signal: stop.signal,
    });
    await expect(asking).rejects.toThrow(SamplingStopped);
    expect(run.policy.memory.bytes).toBe(live);
  });

  test('what makes no sense is refused with what to do', async () => {
    const own = { text: 'Who?', inbox: 'a@b.example', queryDate: '2025-01-01' };
    const refused = (task: AskRequest['task'], temperature = 0, draw = 0) =>
      expect(ask(session, SETTINGS, { task, temperature, draw }, null, () => undefined)).rejects;
    const fails = (input: object, temperature = 0, draw = 0) =>
      refused({ kind: 'own', input: { ...own, ...input } }, temperature, draw);
    await fails({ text: ' ' }).toThrow(/question is empty/);
    await fails({ inbox: '' }).toThrow(/No inbox is chosen/);
    await fails({ queryDate: 'tomorrow' }).toThrow(/Write the day of the question as YYYY-MM-DD/);
    await fails({}, -1).toThrow(/temperature is -1/);
    await fails({}, 0, 0.5).toThrow(/number of the try is 0.5/);
    await refused({ kind: 'dataset', id: 'none' }).toThrow(/has no task none/);
  });
});

/** The platform, counting what is read and opened. */
function counting() {
  const counts = { models: 0, weights: 0, environments: 0, sources: 0 };
  const counted: RunPlatform = {
    ...platform,
    modelFiles: async (model) => {
      counts.models++;
      const files = await platform.modelFiles(model);
      return {
        origin: files.origin,
        has: (name) => files.has(name),
        read: (name, onProgress) => {
          if (name.endsWith('.safetensors')) counts.weights++;
          return files.read(name, onProgress);
        },
        open: (name, onProgress) => {
          if (name.endsWith('.safetensors')) counts.weights++;
          return files.open(name, onProgress);
        },
      };
    },
    environment: (id) => {
      counts.environments++;
      return platform.environment(id);
    },
    taskSource: (dataset, environment) => {
      counts.sources++;
      return platform.taskSource(dataset, environment);
    },
  };
  return { counts, counted };
}

const requestOf = (task: Task): AskRequest => ({
  task: { kind: 'dataset', id: task.id },
  temperature: 0,
  draw: 0,
});

describe('what a session keeps', () => {
  test('two questions load model and tasks once', async () => {
    const { counts, counted } = counting();
    const own = new Session(counted);
    try {
      expect(own.holds(SETTINGS)).toBe(false);
      const first = await ask(own, SETTINGS, requestOf(questions()[0] as Task), null, () => undefined);
      expect(own.holds(SETTINGS)).toBe(true);
      const engine = await own.engine(
        SETTINGS,
        () => undefined,
        () => undefined,
      );
      const live = engine.gpu.pool.live;
      const again = await ask(own, SETTINGS, requestOf(questions()[0] as Task), null, () => undefined);
      await ask(own, SETTINGS, requestOf(questions()[1] as Task), null, () => undefined);
      expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
      expect(counts).toMatchObject({ models: 1, weights: 1, sources: 1 });
      expect(engine.gpu.pool.live).toBe(live);
    } finally {
      own.dispose();
    }
    expect(own.holds(SETTINGS)).toBe(false);
  });

  test('the engine goes when another is asked for, and when its device is lost', async () => {
    const { counts, counted } = counting();
    const own = new Session(counted);
    const engineOf = (changes: Partial<Settings>) => {
      const settings = { ...SETTINGS };
      return own.engine(
        Object.assign(settings, changes),
        () => undefined,
        () => undefined,
      );
    };
    try {
      const first = await engineOf({});
      // Neither seed nor adapter are the engine's.
      expect(await engineOf({ seed: 9, loraR: 2 })).toBe(first);
      const packed = await engineOf({ baseWeights: 'f16' });
      expect(packed).not.toBe(first);
      expect(counts.models).toBe(2);
      await first.gpu.device.lost;
      // The end of the one before does not take the present one away.
      expect(await engineOf({ baseWeights: 'f16' })).toBe(packed);
      packed.gpu.device.destroy();
      await packed.gpu.device.lost;
      expect(await engineOf({ baseWeights: 'f16' })).not.toBe(packed);
      expect(counts.models).toBe(3);
    } finally {
      own.dispose();
    }
  });
});

describe('a question between two steps of a training run', () => {
  const small = (): Settings => ({
    ...SETTINGS,
    ...{ maxSteps: 2, batchSize: 1, numGenerations: 3, minGroupStd: 0, evalSteps: 0, runBaselineEval: false },
    ...{ trainDatasetSize: 4, evalDatasetSize: 1 },
  });

  /** `metrics.jsonl` without what depends on the clock, and the answer, when a question was asked after step 1. */
  async function train(question: Task | null) {
    const own = new Session(platform);
    const store = new MemoryStore();
    const trained = await openRun(own, small(), store, () => undefined, { ready: 'nothing' });
    const control = new RunControl();
    const order: string[] = [];
    let answer: Promise<AskAnswer> | null = null;
    try {
      await runTraining(
        trained.deps,
        trained.settings,
        (event: RunEvent) => {
          if (event.kind !== 'step') return;
          order.push(`step ${event.metrics.step}`);
          if (question === null || event.metrics.step !== 1) return;
          answer = control.between(() => ask(own, small(), requestOf(question), null, () => undefined));
          void answer.then(() => order.push('answer'));
        },
        control,
      );
      await control.finish();
      const told = await (answer as Promise<AskAnswer> | null);
      const text = new TextDecoder().decode((await store.read('metrics.jsonl')) ?? new Uint8Array());
      const lines = text.trimEnd().split('\n');
      const records = lines.map((line) => {
        const record = JSON.parse(line) as Record<string, unknown>;
        for (const field of CLOCK_FIELDS) delete record[field];
        return JSON.stringify(record);
      });
      return { metrics: records.join('\n'), answer: told, order };
    } finally {
      trained.dispose();
      own.dispose();
    }
  }

  test('is answered there, and leaves the metrics byte for byte as they were', async () => {
    const alone = await train(null);
    const asked = await train(questions()[0] as Task);
    expect(alone.order).toEqual(['step 1', 'step 2']);
    expect(asked.order).toEqual(['step 1', 'answer', 'step 2']);
    expect(asked.metrics).toBe(alone.metrics);
    run.policy.adapterEnabled = false;
    const [wanted] = await evaluated(0);
    run.policy.adapterEnabled = true;
    expectSame([asked.answer as AskAnswer], [wanted as Trajectory]);
  });
});
