import { describe, expect, it } from 'vitest';
import { WORDS } from '../../../tests/support/bigram-policy';
import { MemoryStore, toyRun, toyTask, type ToyRun } from '../../../tests/support/toy-run';
import type { AssistantMessage } from '../../conversation/types';
import type { OpenedEnvironment } from '../../env/types';
import type { RunEvent, WarmStartMetrics } from '../../grpo/types';
import { CLOCK_FIELDS } from '../../report/metrics';
import type { Settings } from '../../settings/settings';
import { readOptimizer } from '../folder/checkpoint-files';
import { RunControl } from './control';
import { runTraining } from './trainer';
import { WarmStart } from './warm-start';

const calls = (...names: string[]): AssistantMessage[] =>
  names.map((name, turn) => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: `call_${turn}_0`, type: 'function', function: { name, arguments: {} } }],
  }));

/** Searches, then says what is right. */
const expert = () => calls('search', 'good');

const WARM = {
  warmStartEpisodes: 9,
  warmStartBatchSize: 3,
  warmStartEpochs: 2,
  warmStartLearningRate: 0.3,
  maxSteps: 4,
  evalSteps: 2,
  targetAccuracy: 1,
} as const satisfies Partial<Settings>;

async function train(
  changes: Partial<Settings>,
  store = new MemoryStore(),
  during: (event: RunEvent, control: RunControl) => void = () => undefined,
  own: OpenedEnvironment['expert'] = expert,
) {
  const run = toyRun({ ...WARM, ...changes }, store);
  const deps: ToyRun['deps'] = { ...run.deps, warmStart: { ...run.deps.warmStart, expert: own } };
  const events: RunEvent[] = [];
  const control = new RunControl();
  const follow = (event: RunEvent) => {
    events.push(event);
    during(event, control);
  };
  const result = await runTraining(deps, run.settings, follow, control);
  return { ...run, events, result };
}

const warmSteps = (events: readonly RunEvent[]): WarmStartMetrics[] =>
  events.flatMap((event) => (event.kind === 'warm-start' ? [event.metrics] : []));

function lines(store: MemoryStore, file: string): Record<string, unknown>[] {
  return store
    .text(file)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      for (const field of [...CLOCK_FIELDS, 'seconds']) delete record[field];
      return record;
    });
}

describe('a run with a warm start', () => {
  it('learns what the expert does, numbers its steps up to 0, and keeps the adapter that KL refers to', async () => {
    const { events, store } = await train({ warmStartEpochs: 8 });
    const steps = warmSteps(events);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i - 23));
    expect(steps.at(-1)?.loss).toBeLessThan((steps[0] as WarmStartMetrics).loss - 0.3);
    expect(lines(store, 'warm_start.jsonl')).toHaveLength(24);
    const after = events.flatMap((event) => (event.kind === 'evaluation' ? [event.summary] : []));
    expect(after[0]).toMatchObject({ isBaseline: true });
    expect(after[1]).toMatchObject({ isBaseline: false, step: 0 });
    expect((after[1]?.accuracy ?? 0) - (after[0]?.accuracy ?? 0)).toBeGreaterThan(0.2);
    expect(await store.list('warm_start/')).toContain('warm_start/adapter_model.safetensors');
    // The first step of GRPO measures KL to where it starts.
    const [first] = events.flatMap((event) => (event.kind === 'step' ? [event.metrics] : []));
    expect(first?.kl).toBeCloseTo(0, 6);
  });

  it('measures KL to the bare model where that is asked for', async () => {
    const { events } = await train({ klReference: 'bare' });
    const [first] = events.flatMap((event) => (event.kind === 'step' ? [event.metrics] : []));
    expect(first?.kl).toBeGreaterThan(0.01);
  });

  it.each([-3, -1, 0, 2])('continues bit for bit after a stop at step %i', async (at) => {
    const whole = await train({});
    const store = new MemoryStore();
    const stop = (event: RunEvent, control: RunControl) => {
      if ((event.kind === 'warm-start' || event.kind === 'step') && event.metrics.step === at) control.stop();
    };
    const first = await train({}, store, stop);
    expect(first.result).toMatchObject({ reason: 'stopped', step: at });
    const second = await train({ resume: 'latest' }, store);
    expect(second.result).toEqual(whole.result);
    for (const file of ['warm_start.jsonl', 'metrics.jsonl']) {
      expect(lines(store, file)).toEqual(lines(whole.store, file));
    }
    expect(await store.read('final/adapter_model.safetensors')).toEqual(
      await whole.store.read('final/adapter_model.safetensors'),
    );
  });

  it('begins GRPO with an optimiser of its own, which the checkpoint of step 0 holds', async () => {
    const store = new MemoryStore();
    const { policy } = await train({}, store, (event, control) => {
      if (event.kind === 'warm-start' && event.metrics.step === 0) control.stop();
    });
    const { step, parameters, m, v } = await policy.readOptimizer();
    expect(parameters.some((value) => value !== 0)).toBe(true);
    expect([step, ...m, ...v].every((value) => value === 0)).toBe(true);
    const saved = readOptimizer(
      (await store.read('checkpoint-0/optimizer.safetensors')) as Uint8Array,
      'checkpoint-0',
    );
    expect(saved).toEqual({ step, parameters, m, v });
  });

  it('leaves out experts that fail, and says so', async () => {
    let asked = 0;
    const { events } = await train({}, undefined, undefined, () =>
      asked++ % 3 === 0 ? calls('bad') : expert(),
    );
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings.join()).toMatch(
      /3 expert episodes are left out.*its expert does not succeed \(answered\)/,
    );
  });

  it('is refused where nothing is left to learn, or nobody knows how', async () => {
    await expect(train({}, undefined, undefined, () => null)).rejects.toThrow(/nothing to learn from/);
    const { deps, settings } = toyRun(WARM);
    const opening = WarmStart.open(
      { ...deps, ...deps.warmStart },
      settings,
      [toyTask('a', 'q0')],
      () => undefined,
    );
    await expect(opening).rejects.toThrow(/has no expert/);
  });
});

describe('tasks that are kept for one stage', () => {
  const staged = (stageOf: (index: number) => 'warm-start' | 'policy') => {
    const run = toyRun(WARM);
    const train = run.deps.tasks.train.map((task, i) => ({ ...task, stage: stageOf(i) }));
    const shown = new Set<string>();
    const asked = new Set<string>();
    const deps: ToyRun['deps'] = {
      ...run.deps,
      tasks: { ...run.deps.tasks, train },
      startTraining: (task, random) => {
        asked.add(task.id);
        return run.deps.startTraining(task, random);
      },
      warmStart: {
        ...run.deps.warmStart,
        expert: (task) => {
          shown.add(task.id);
          return expert();
        },
      },
    };
    const result = runTraining(deps, run.settings, () => undefined, new RunControl());
    return { result, train, shown, asked };
  };

  it('are shown by the expert or asked, never both', async () => {
    const { result, train, shown, asked } = staged((i) => (i % 2 === 0 ? 'warm-start' : 'policy'));
    await result;
    const of = (stage: string) => train.filter((task) => task.stage === stage).map(({ id }) => id);
    expect(shown.size).toBeGreaterThan(0);
    expect(asked.size).toBeGreaterThan(0);
    expect(of('policy').filter((id) => shown.has(id))).toEqual([]);
    expect(of('warm-start').filter((id) => asked.has(id))).toEqual([]);
  });

  it('leave something to ask, or the run is refused', async () => {
    await expect(staged(() => 'warm-start').result).rejects.toThrow(/are kept for the warm start/);
  });
});

describe('conversations from a file', () => {
  const file = (text: string) => {
    const { deps, settings, policy } = toyRun({
      ...WARM,
      warmStartEpisodes: 0,
      warmStartFile: 'talks.jsonl',
    });
    const own = { ...deps, ...deps.warmStart, readText: () => Promise.resolve(text) };
    return { opening: WarmStart.open(own, settings, [], () => undefined), policy };
  };

  it('train what the assistant wrote, but for messages of weight 0 and tool results', async () => {
    const talk = {
      messages: [
        { role: 'user', content: 'q1' },
        { ...calls('search')[0], weight: 0 },
        { role: 'tool', tool_call_id: 'call_0_0', name: 'search', content: 'found' },
        calls('good')[0],
      ],
    };
    const { opening, policy } = file(`${JSON.stringify(talk)}\n`);
    const warmStart = await opening;
    expect([warmStart.sequences, warmStart.steps]).toEqual([1, 2]);
    const metrics = await warmStart.step(policy, -1, () => 0);
    // `good` and its stop token.
    expect(metrics).toMatchObject({ step: -1, trainedTokens: 2 });
    const targets = policy.accumulated.flatMap(({ rows }) => [...rows.target].map((id) => WORDS[id]));
    expect(targets.sort()).toEqual(['<stop>', 'good']);
  });

  it('name the line that cannot be read', async () => {
    await expect(file('{"messages": 3}\n').opening).rejects.toThrow(/talks\.jsonl line 1/);
  });
});
