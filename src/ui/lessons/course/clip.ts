import { number, percent } from '../../format';
import type { State } from '../../state';
import { t } from '../../texts';
import { endedRun, largest } from '../facts';
import type { Lesson } from '../types';
import { smallRun } from './shared';

const STEPS = 3;
const USUAL = { environment: 'mail', mode: 'masked', learningRate: 0.002, numIterations: 1 } as const;

/** The largest share of clipped tokens in a step, with so many updates on a batch; null before there is one. */
function clipped(state: State, numIterations: number): number | null {
  const run = endedRun(state, { ...USUAL, numIterations });
  return run === null ? null : largest(run, (step) => step.clipFraction);
}

/** The largest KL with the usual steps and with ten times larger ones. */
function moved(state: State): readonly [number, number] | null {
  const [usual, far] = [endedRun(state, USUAL), endedRun(state, { ...USUAL, learningRate: 0.02 })];
  if (usual === null || far === null) return null;
  const [before, after] = [largest(usual, (step) => step.kl), largest(far, (step) => step.kl)];
  return before === null || after === null ? null : [before, after];
}

/** Below this share it is none. */
const NONE = 0.001;
const optionOf = (share: number | null): number | null =>
  share === null ? null : share < NONE ? 0 : share <= 0.5 ? 1 : 2;

export const clip: Lesson = {
  id: 'clip',
  minutes: [8, 10],
  steps: [
    {
      words: () => t.lessonClip.steps.ratio,
      actions: smallRun(STEPS),
      done: (state) => clipped(state, 1) !== null,
      right: (state) => optionOf(clipped(state, 1)),
      explain: (state) => {
        const share = clipped(state, 1);
        return share === null ? [] : [t.lessonClip.clipped(percent(share, 1)), t.lessonClip.one];
      },
    },
    {
      words: () => t.lessonClip.steps.again,
      actions: smallRun(STEPS, { numIterations: '4' }),
      done: (state) => clipped(state, 4) !== null,
      right: (state) => optionOf(clipped(state, 4)),
      explain: (state) => {
        const [one, four] = [clipped(state, 1), clipped(state, 4)];
        if (four === null) return [];
        return [
          one === null
            ? t.lessonClip.clipped(percent(four, 1))
            : t.lessonClip.four(percent(one, 1), percent(four, 1)),
        ];
      },
    },
    {
      words: () => t.lessonClip.steps.far,
      actions: smallRun(STEPS, { learningRate: '0.02' }),
      done: (state) => moved(state) !== null,
      right: (state) => {
        const found = moved(state);
        if (found === null) return null;
        const [before, after] = found;
        return after > 1.5 * before ? 1 : after < before / 1.5 ? 2 : 0;
      },
      explain: (state) => {
        const found = moved(state);
        return found === null ? [] : [t.lessonClip.moved(number(found[0], 3), number(found[1], 3))];
      },
    },
    { words: () => t.lessonClip.steps.explain },
  ],
};
