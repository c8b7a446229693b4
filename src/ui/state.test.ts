import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../grpo/types';
import { EMPTY_FORM } from './form-state';
import { KEPT_ASKINGS, type Conversation } from './ask-state';
import { reduce } from './reduce';
import { runningMs, secondsLeft } from './run-clock';
import {
  currentRecord,
  initialState,
  KEPT_BATCHES,
  KEPT_LOG_LINES,
  openTrajectory,
  shownBatch,
  type Action,
  type State,
} from './state';
import { evaluationOf, metricsOf, recordOf, trajectoryOf } from '../../tests/support/records';

const play = (state: State, ...actions: Action[]): State => actions.reduce(reduce, state);
const event = (one: RunEvent, at = 0): Action => ({ kind: 'run-event', event: one, at });
const asked: Action = { kind: 'run-asked', record: recordOf('outputs/a'), maxSteps: 20, at: 1000 };
const started = (): State =>
  play(
    initialState(EMPTY_FORM),
    asked,
    event({ kind: 'progress', phase: 'loading', done: 0, total: 1, note: '' }),
  );

describe('run status', () => {
  it('goes from idle over starting to running with the first event', () => {
    const state = reduce(initialState(EMPTY_FORM), asked);
    expect(state.run.status).toBe('starting');
    expect(started().run.status).toBe('running');
  });

  it('is paused only when the worker has answered, and ignores an answer that comes after a stop', () => {
    const pausing = reduce(started(), { kind: 'pausing' });
    expect(pausing.run.status).toBe('pausing');
    expect(reduce(pausing, { kind: 'paused', at: 0 }).run.status).toBe('paused');
    const stopping = play(pausing, { kind: 'stopping', at: 0 }, { kind: 'paused', at: 0 });
    expect(stopping.run.status).toBe('stopping');
  });

  it('cannot be stopped, paused or resumed when nothing runs', () => {
    const idle = initialState(EMPTY_FORM);
    expect(play(idle, { kind: 'pausing' }, { kind: 'resumed', at: 0 }, { kind: 'stopping', at: 0 })).toBe(
      idle,
    );
  });

  it('keeps the curves of a failed run and tells the problem', () => {
    const problem = { title: 'No', message: 'broken.', remedy: 'mend', resumeDir: null };
    const state = play(started(), event({ kind: 'step', metrics: metricsOf(1) }), {
      kind: 'run-failed',
      problem,
      at: 5000,
    });
    expect(state.run.status).toBe('failed');
    expect(state.problem).toBe(problem);
    expect(currentRecord(state)?.steps).toHaveLength(1);
    expect(state.log.at(-1)?.kind).toBe('error');
  });
});

describe('run clock', () => {
  it('does not count pauses', () => {
    const state = play(
      started(),
      { kind: 'pausing' },
      { kind: 'paused', at: 3000 },
      { kind: 'resumed', at: 10_000 },
    );
    const clock = state.run.clock;
    if (clock === null) throw new Error('no clock');
    expect(runningMs(clock, 11_000)).toBe(3000);
  });

  it('stands still while paused and after the end', () => {
    const paused = play(started(), { kind: 'pausing' }, { kind: 'paused', at: 3000 });
    expect(runningMs(paused.run.clock!, 99_000)).toBe(2000);
    const result = { reason: 'stopped', step: 1, bestAccuracy: null, outputDir: 'outputs/a' } as const;
    const ended = reduce(paused, { kind: 'run-done', result, at: 50_000 });
    expect(runningMs(ended.run.clock!, 99_000)).toBe(2000);
  });

  it('estimates the time left from the steps of this session', () => {
    let state = started();
    expect(secondsLeft(state.run.clock!, 20, 2000)).toBeNull();
    // Resumed at step 10: two seconds a step.
    for (const step of [11, 12, 13]) {
      state = reduce(state, event({ kind: 'step', metrics: metricsOf(step) }, 1000 + (step - 10) * 2000));
    }
    expect(secondsLeft(state.run.clock!, 20, 7000)).toBeCloseTo(14);
    expect(secondsLeft(state.run.clock!, 20, 8000)).toBeCloseTo(13);
    expect(secondsLeft(state.run.clock!, 20, 70_000)).toBe(0);
  });
});

describe('records', () => {
  it('replaces steps that a resumed run repeats', () => {
    const steps = [1, 2, 3, 2].map((step, i) =>
      event({ kind: 'step', metrics: metricsOf(step, { rewardMean: i }) }),
    );
    const record = currentRecord(play(started(), ...steps));
    expect(record?.steps.map((s) => [s.step, s.rewardMean])).toEqual([
      [1, 0],
      [2, 3],
    ]);
  });

  it('keeps one evaluation per step and split', () => {
    const state = play(
      started(),
      event({ kind: 'evaluation', summary: evaluationOf(5) }),
      event({ kind: 'evaluation', summary: evaluationOf(5, { split: 'test' }) }),
      event({ kind: 'evaluation', summary: evaluationOf(5, { accuracy: 0.9 }) }),
    );
    expect(currentRecord(state)?.evaluations.map((e) => [e.split, e.accuracy])).toEqual([
      ['test', 0.4],
      ['validation', 0.9],
    ]);
  });

  it('shows stored runs beside those of this visit, each folder once', () => {
    const stored = [
      recordOf('outputs/a', { origin: 'stored', id: 's:a' }),
      recordOf('outputs/b', { origin: 'stored', id: 's:b' }),
    ];
    const state = reduce(started(), { kind: 'stored-records', records: stored });
    expect(state.records.map((r) => r.id)).toEqual(['s:b', 'session:outputs/a']);
  });

  it('notes which adapters were saved, each once', () => {
    const state = play(
      started(),
      event({ kind: 'saved', path: 'checkpoint-2', step: 2 }),
      event({ kind: 'saved', path: 'final', step: 4 }),
      event({ kind: 'saved', path: 'final', step: 4 }),
    );
    expect(state.run.saved).toEqual(['checkpoint-2', 'final']);
  });
});

describe('trajectories', () => {
  const batch = (step: number): Action =>
    event({
      kind: 'trajectories',
      step,
      items: [trajectoryOf({ rollout: 0 }), trajectoryOf({ rollout: 1 })],
    });

  it('follows the newest step until one is opened, then stays with it', () => {
    let state = play(started(), batch(1), batch(2));
    expect(shownBatch(state.trajectories)?.step).toBe(2);
    state = reduce(state, { kind: 'trajectory-open', group: 0, rollout: 1 });
    state = play(state, ...Array.from({ length: KEPT_BATCHES.most + 3 }, (_, i) => batch(3 + i)));
    expect(shownBatch(state.trajectories)?.step).toBe(2);
    expect(openTrajectory(state.trajectories)?.rollout).toBe(1);
    expect(state.trajectories.batches.length).toBe(KEPT_BATCHES.most + 1);
    state = reduce(state, { kind: 'trajectory-step', step: null });
    expect(shownBatch(state.trajectories)?.step).toBe(KEPT_BATCHES.most + 5);
  });

  it('forgets the oldest steps', () => {
    const state = play(started(), ...Array.from({ length: KEPT_BATCHES.most + 2 }, (_, i) => batch(i)));
    expect(state.trajectories.batches.map((b) => b.step)[0]).toBe(2);
  });
});

it('keeps the newest log lines', () => {
  const lines = Array.from({ length: KEPT_LOG_LINES + 5 }, (_, i) =>
    event({ kind: 'log', line: `line ${i}` }),
  );
  const { log } = play(started(), ...lines);
  expect(log).toHaveLength(KEPT_LOG_LINES);
  expect(log[0]?.text).toBe('line 5');
});

it('leaves the record alone when a second run begins', () => {
  const first = play(started(), event({ kind: 'step', metrics: metricsOf(1) }));
  const second = reduce(first, { kind: 'run-asked', record: recordOf('outputs/b'), maxSteps: 5, at: 0 });
  expect(second.records.map((r) => r.steps.length)).toEqual([1, 0]);
  expect(currentRecord(second)?.outputDir).toBe('outputs/b');
});

describe('asking', () => {
  const conversation = (id: number): Conversation => ({
    id,
    answerer: { kind: 'bare' },
    environment: 'mail',
    question: 'Who?',
    place: 'In the mail of a@b.example',
    gold: null,
    temperature: 0,
    status: 'waiting',
    loading: null,
    turns: [],
    writing: [],
    answer: null,
  });
  const told = (state: State, id: number): Conversation | undefined =>
    state.ask.askings.flat().find((one) => one.id === id);
  const turn = { text: 'ab', calls: [], results: [] };

  it('writes token by token, and begins anew with each turn', () => {
    const state = play(
      initialState(EMPTY_FORM),
      { kind: 'asked', conversations: [conversation(1), conversation(2)] },
      { kind: 'ask-begun', id: 1 },
      { kind: 'ask-event', id: 1, event: { kind: 'loading', done: 1, total: 2, note: 'model' } },
      { kind: 'ask-event', id: 1, event: { kind: 'token', text: 'a' } },
      { kind: 'ask-event', id: 1, event: { kind: 'token', text: 'b' } },
    );
    expect(told(state, 1)).toMatchObject({ status: 'answering', writing: ['a', 'b'], loading: null });
    expect(told(state, 2)?.status).toBe('waiting');
    // Views of the form follow these, and are not drawn again for a token.
    const { draft, menu, busy } = state.ask;
    const later = reduce(state, { kind: 'ask-event', id: 1, event: { kind: 'token', text: 'c' } }).ask;
    expect(later.askings).not.toBe(state.ask.askings);
    expect([later.draft, later.menu, later.busy]).toEqual([draft, menu, busy]);
    expect(later.draft).toBe(draft);
    expect(later.menu).toBe(menu);
    const next = reduce(state, { kind: 'ask-event', id: 1, event: { kind: 'turn', turn } });
    expect(told(next, 1)).toMatchObject({ turns: [turn], writing: [] });
  });

  it('is over for all of a press when one is stopped', () => {
    const state = play(
      initialState(EMPTY_FORM),
      { kind: 'asked', conversations: [conversation(1), conversation(2)] },
      { kind: 'ask-ended', id: 1, status: 'failed' },
      { kind: 'ask-idle' },
    );
    expect(state.ask.busy).toBe(false);
    expect([told(state, 1)?.status, told(state, 2)?.status]).toEqual(['failed', 'stopped']);
  });

  it('keeps the latest few', () => {
    const asks = Array.from({ length: KEPT_ASKINGS + 2 }, (_, id): Action => ({
      kind: 'asked',
      conversations: [conversation(id)],
    }));
    const { askings } = play(initialState(EMPTY_FORM), ...asks).ask;
    expect(askings).toHaveLength(KEPT_ASKINGS);
    expect(askings[0]?.[0]?.id).toBe(KEPT_ASKINGS + 1);
  });
});

it('a good import closes the panel about what could not be read; a failed one leaves it', () => {
  const problem = { title: 'No', message: 'broken.', remedy: 'mend', resumeDir: null };
  const failed = play(
    initialState(EMPTY_FORM),
    { kind: 'problem', problem },
    { kind: 'imported', report: null },
  );
  expect(failed.problem).toBe(problem);
  const report = { files: 1, counts: { messages: 1, questions: 1 }, rejected: [] };
  expect(reduce(failed, { kind: 'imported', report }).problem).toBeNull();
});
