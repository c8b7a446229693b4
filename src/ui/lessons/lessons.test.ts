import { afterEach, describe, expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import { presetSettings } from '../../env/settings';
import type { Settings } from '../../settings/settings';
import { EMPTY_FORM, withEdit } from '../form-state';
import { initialState, type RunRecord, type State } from '../state';
import { speak } from '../texts/language';
import { COURSE } from './course';
import { lessonForm } from './perform';
import { NO_LESSONS, reduceLessons, rememberedLessons } from './state';
import { LESSONS, type LessonId, type Step } from './types';

const stateOf = (records: readonly RunRecord[], changes: Partial<State> = {}): State => ({
  ...initialState(EMPTY_FORM),
  records,
  ...changes,
});
const step = (lesson: LessonId, at: number): Step => COURSE[lesson].steps[at - 1]!;
const said = (of: Step, state: State): string => (of.explain?.(state) ?? []).join(' ');

/** A run in the environment of the digit: its reward and its right answers, first and last. */
function digitRun(
  reward: readonly [number, number],
  right: readonly [number, number],
  settings: Partial<Settings> = {},
): RunRecord {
  const own: Settings = { ...presetSettings('default', 'digit'), beta: 0.01, ...settings };
  return recordOf(`outputs/digit-${own.beta}-${String(own['rewardPreset'])}`, {
    settings: own,
    steps: reward.map((rewardMean, i) => metricsOf(i + 1, { rewardMean })),
    evaluations: [
      evaluationOf(0, { accuracy: 0 }),
      evaluationOf(0, { accuracy: right[0], isBaseline: false }),
      evaluationOf(2, { accuracy: right[1] }),
    ],
  });
}

describe('every lesson', () => {
  afterEach(() => speak('en'));

  it.each(['en', 'zh-CN'] as const)('has words for each step, %s', async (tongue) => {
    await speak(tongue);
    for (const id of LESSONS) {
      expect(COURSE[id].id).toBe(id);
      for (const one of COURSE[id].steps) {
        const { title, text, ask, options = [], press } = one.words();
        expect(Math.min(title.length, text.length)).toBeGreaterThan(0);
        expect(ask === undefined).toBe(options.length === 0);
        expect(press === undefined).toBe((one.actions ?? []).length === 0);
        // What is asked can be answered by numbers.
        expect(ask === undefined || one.right !== undefined).toBe(true);
      }
    }
  });

  it('claims nothing before there are numbers', () => {
    const empty = stateOf([]);
    for (const id of LESSONS) {
      for (const one of COURSE[id].steps) {
        expect(one.done?.(empty) ?? false).toBe(false);
        if (one.done !== undefined && id !== 'real')
          expect([one.right?.(empty) ?? null, said(one, empty)]).toEqual([null, '']);
      }
    }
  });
});

describe('what the numbers bear out', () => {
  const hole = digitRun([1, 15], [0.75, 0]);

  it('of the hole: found, not found, held by a leash, closed', () => {
    expect(step('holes', 1).right?.(stateOf([hole]))).toBe(1);
    expect(said(step('holes', 1), stateOf([hole]))).toMatch(/from \+1\.00 to \+15\.00.*from 75 % to 0 %/);
    const honest = digitRun([1, 1], [0.75, 0.9]);
    expect(step('holes', 1).right?.(stateOf([honest]))).toBe(0);
    expect(said(step('holes', 1), stateOf([honest]))).toContain('not found the hole');
    const leash = digitRun([1, 1.2], [0.75, 0.8], { beta: 1 });
    expect(step('holes', 3).right?.(stateOf([hole, leash]))).toBe(1);
    expect(said(step('holes', 3), stateOf([hole, leash]))).toMatch(/75 % before.*0 % without.*80 % with/);
    const fixed = digitRun([0.7, 1], [0.75, 1], { rewardPreset: 'exact' });
    expect(step('holes', 4).right?.(stateOf([hole, fixed]))).toBe(0);
    // Either way round.
    const worse = digitRun([0.7, 0], [0.75, 0], { rewardPreset: 'exact' });
    expect(step('holes', 4).right?.(stateOf([digitRun([1, 1], [0.75, 0.9]), worse]))).toBe(1);
  });

  it('of a run that goes on: nothing yet', () => {
    const state = stateOf([hole]);
    const run = { ...state.run, status: 'running' as const, recordId: hole.id };
    expect(step('holes', 1).done?.({ ...state, run })).toBe(false);
    expect(step('holes', 1).done?.(state)).toBe(true);
  });

  it('of the mask: the same whichever run came first, and the other way round for swapped numbers', () => {
    const pair = (masked: number, unmasked: number): RunRecord[] =>
      (
        [
          ['masked', masked, 0.1],
          ['rollout', unmasked, 5],
        ] as const
      ).map(([mode, accuracy, entropy]) =>
        recordOf(`outputs/grpo_${mode}`, {
          settings: settingsOf({ mode, outputDir: `outputs/grpo_${mode}` }),
          steps: [metricsOf(1, { mode }), metricsOf(2, { mode, entropy })],
          evaluations: [
            evaluationOf(0),
            evaluationOf(2, { questions: 100, correctAnswers: 100 * accuracy, accuracy }),
          ],
        }),
      );
    const runs = step('mask', 2);
    expect(runs.right?.(stateOf(pair(0.9, 0.1)))).toBe(0);
    expect(runs.right?.(stateOf(pair(0.9, 0.1).reverse()))).toBe(0);
    expect(runs.right?.(stateOf(pair(0.1, 0.9)))).toBe(1);
    expect(runs.right?.(stateOf(pair(0.5, 0.5)))).toBe(2);
    const inside = stateOf(pair(0.9, 0.1), { view: 'compare' });
    expect(step('mask', 3).right?.(inside)).toBe(1);
    expect(said(step('mask', 3), inside)).toMatch(/0\.1\d* nats with the mask and 5/);
    // Between two runs of a queue nothing is concluded.
    expect(runs.done?.(stateOf(pair(0.9, 0.1), { queue: { runs: [], done: 1 } }))).toBe(false);
  });

  it('of clipping: by the updates on a batch', () => {
    const run = (numIterations: number, clipFraction: number): RunRecord =>
      recordOf(`outputs/clip-${numIterations}`, {
        settings: settingsOf({ numIterations }),
        steps: [metricsOf(1, { clipFraction: 0 }), metricsOf(2, { clipFraction })],
      });
    const state = stateOf([run(1, 0), run(4, 0.09)]);
    expect([step('clip', 1).right?.(state), step('clip', 2).right?.(state)]).toEqual([0, 1]);
    expect(step('clip', 2).right?.(stateOf([run(1, 0), run(4, 0.7)]))).toBe(2);
    expect(said(step('clip', 2), state)).toMatch(/0\.0 % with one update, 9\.0 % with four/);
  });

  it('of the size of groups: shares that teach', () => {
    const run = (numGenerations: number, groupsKept: number): RunRecord =>
      recordOf(`outputs/groups-${numGenerations}`, {
        settings: settingsOf({ numGenerations }),
        steps: [metricsOf(1, { groups: 4, groupsKept })],
      });
    const size = step('groups', 4);
    expect(size.right?.(stateOf([run(6, 4), run(2, 2)]))).toBe(0);
    expect(size.right?.(stateOf([run(6, 3), run(2, 3)]))).toBe(1);
    expect(size.right?.(stateOf([run(6, 1), run(2, 3)]))).toBe(2);
    expect(said(size, stateOf([run(6, 4), run(2, 2)]))).toMatch(/six 100 %.*two 50 %/);
  });
});

describe('the settings of a lesson', () => {
  const wanted = { kind: 'settings', environment: 'mail', preset: 'quick', edits: { beta: '0.5' } } as const;

  it('are the visitor’s own sizes where the preset is the same, else the preset’s', () => {
    const own = withEdit({ ...EMPTY_FORM, preset: 'quick' }, 'maxSteps', '3');
    expect(lessonForm(own, wanted)).toEqual({ preset: 'quick', edits: { maxSteps: '3', beta: '0.5' } });
    const other = withEdit(EMPTY_FORM, 'maxSteps', '3');
    expect(lessonForm(other, wanted)).toEqual({ preset: 'quick', edits: { beta: '0.5' } });
  });
});

describe('what is remembered', () => {
  it('is a prediction and a step once, and leaving a lesson loses neither', () => {
    const place = { lesson: 'mask', step: 2 } as const;
    let state = reduceLessons(NO_LESSONS, { kind: 'lesson', place });
    state = reduceLessons(state, { kind: 'lesson-answer', place, option: 1 });
    for (let i = 0; i < 2; i++) state = reduceLessons(state, { kind: 'lesson-done', place });
    state = reduceLessons(state, { kind: 'lesson', place: null });
    expect(state).toEqual({ ...NO_LESSONS, answers: { 'mask.2': 1 }, done: ['mask.2'] });
  });

  it.each([
    ['nothing', null, NO_LESSONS],
    ['broken text', '{', NO_LESSONS],
    ['of another kind', '[1]', NO_LESSONS],
    [
      'wrong parts',
      '{"answers":{"a":"b"},"done":[1,"mask.1"],"ownForm":{"preset":1}}',
      { ...NO_LESSONS, done: ['mask.1'] },
    ],
    [
      'a form',
      '{"ownForm":{"preset":"quick","edits":{"seed":"1"}}}',
      { ...NO_LESSONS, ownForm: { preset: 'quick', edits: { seed: '1' } } },
    ],
  ])('%s', (_, kept, expected) => {
    const storage = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: { getItem: () => kept } });
    expect(rememberedLessons()).toEqual(expected);
    if (storage === undefined) Reflect.deleteProperty(globalThis, 'localStorage');
    else Object.defineProperty(globalThis, 'localStorage', storage);
  });
});
