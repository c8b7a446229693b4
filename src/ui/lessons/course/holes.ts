import { number, percent, signed } from '../../format';
import { openTrajectory, type RunRecord, type State } from '../../state';
import type { Settings } from '../../../settings/settings';
import { t } from '../../texts';
import { endedRun, hasTrajectories, validations } from '../facts';
import type { Lesson, StepAction } from '../types';
import { showTrajectories, TRAJECTORY_LIST } from './shared';

const BETA = '0.01';
const LEASH = '1';

function train(edits: Readonly<Record<string, string>>): StepAction[] {
  return [
    {
      kind: 'settings',
      environment: 'digit',
      preset: 'default',
      edits: { rewardPreset: 'default', beta: BETA, mode: 'masked', ...edits },
    },
    { kind: 'view', view: 'curves' },
    { kind: 'train' },
  ];
}

const ended = (state: State, wanted: Partial<Settings>): RunRecord | null =>
  endedRun(state, { environment: 'digit', ...wanted });
const holeRun = (state: State): RunRecord | null =>
  ended(state, { rewardPreset: 'default', beta: Number(BETA) });

/** Shares of right answers in the first evaluation after the warm start, and in the last. */
interface Rights {
  readonly start: number;
  readonly end: number;
}
function rightsOf(run: RunRecord | null): Rights | null {
  if (run === null) return null;
  const all = validations(run);
  // The untouched model's comes first; what the warm start made of it comes after that, at the same step.
  const start = all.findLast(({ step }) => step === 0);
  const end = all.findLast(({ step }) => step > 0);
  return start === undefined || end === undefined ? null : { start: start.accuracy, end: end.accuracy };
}

/** Whether the reward went up while right answers went down. */
function isGamed(run: RunRecord, { start, end }: Rights): boolean {
  const [first, last] = [run.steps[0], run.steps.at(-1)];
  return first !== undefined && last !== undefined && last.rewardMean > first.rewardMean + 0.5 && end < start;
}

export const holes: Lesson = {
  id: 'holes',
  minutes: [8, 10],
  steps: [
    {
      words: () => t.lessonHoles.steps.predict,
      actions: train({}),
      done: (state) => rightsOf(holeRun(state)) !== null,
      right: (state) => {
        const run = holeRun(state);
        const rights = rightsOf(run);
        if (run === null || rights === null) return null;
        return isGamed(run, rights) ? 1 : rights.end > 0.5 ? 0 : 2;
      },
      explain: (state) => {
        const run = holeRun(state);
        const rights = rightsOf(run);
        if (run === null || rights === null) return [];
        const said = t.lessonHoles.gamed({
          reward: signed(run.steps[0]?.rewardMean ?? 0, 2),
          rewardAfter: signed(run.steps.at(-1)?.rewardMean ?? 0, 2),
          right: percent(rights.start),
          rightAfter: percent(rights.end),
        });
        return isGamed(run, rights) ? [said] : [said, t.lessonHoles.notGamed];
      },
    },
    {
      words: () => t.lessonHoles.steps.look,
      actions: showTrajectories,
      mark: TRAJECTORY_LIST,
      done: (state) => hasTrajectories(state, 'digit') && openTrajectory(state.trajectories) !== null,
      explain: (state) => {
        const open = hasTrajectories(state, 'digit') ? openTrajectory(state.trajectories) : null;
        if (open === null) return [];
        const { answer, goldAnswer, reward } = open;
        return [t.lessonHoles.wrote(answer?.trim() ?? '', goldAnswer ?? '', number(reward, 2))];
      },
    },
    {
      words: () => t.lessonHoles.steps.leash,
      actions: train({ beta: LEASH }),
      done: (state) => rightsOf(ended(state, { beta: Number(LEASH) })) !== null,
      right: (state) => {
        const rights = rightsOf(ended(state, { beta: Number(LEASH) }));
        if (rights === null) return null;
        return rights.end > 0.99 ? 2 : rights.end > rights.start / 2 ? 1 : 0;
      },
      explain: (state) => {
        const [free, held] = [rightsOf(holeRun(state)), rightsOf(ended(state, { beta: Number(LEASH) }))];
        if (free === null || held === null) return [];
        return [
          t.lessonHoles.leash({
            start: percent(held.start),
            without: percent(free.end),
            withLeash: percent(held.end),
          }),
        ];
      },
    },
    {
      words: () => t.lessonHoles.steps.fix,
      actions: train({ rewardPreset: 'exact' }),
      done: (state) => rightsOf(ended(state, { rewardPreset: 'exact' })) !== null,
      right: (state) => {
        const [hole, fixed] = [rightsOf(holeRun(state)), rightsOf(ended(state, { rewardPreset: 'exact' }))];
        if (hole === null || fixed === null) return null;
        return fixed.end > hole.end ? 0 : fixed.end < hole.end ? 1 : 2;
      },
      explain: (state) => {
        const [hole, fixed] = [rightsOf(holeRun(state)), rightsOf(ended(state, { rewardPreset: 'exact' }))];
        if (hole === null || fixed === null) return [];
        return [t.lessonHoles.fixed({ hole: percent(hole.end), fixed: percent(fixed.end) })];
      },
    },
    { words: () => t.lessonHoles.steps.real },
  ],
};
