/** Runs as curves over steps, seconds or tokens, and their values at one point of such an axis. */
import { movingMean, SMOOTHING } from '../../src/report/series';
import { valueAt, type Curve } from '../../src/report/plot/band';
import { spreadOf, type SeedValue, type Spread } from '../../src/report/spread';
import type { EvaluationRow, RunData, StepRow } from './types';

export const AXES = ['steps', 'seconds', 'tokens'] as const;
export type Axis = (typeof AXES)[number];

/** A quantity of a run: measured at every step (drawn as the mean of a few), or at evaluations. */
export type Measure =
  | { readonly kind: 'step'; readonly of: (row: StepRow) => number | null }
  | { readonly kind: 'evaluation'; readonly of: (row: EvaluationRow) => number | null };

export const MEASURES = {
  validation: { kind: 'evaluation', of: (e) => e.accuracy },
  training: { kind: 'step', of: (s) => s.accuracy },
  reward: { kind: 'step', of: (s) => s.reward },
  kl: { kind: 'step', of: (s) => s.kl },
  entropy: { kind: 'step', of: (s) => s.entropy },
  trainable: { kind: 'step', of: (s) => share(s.trainableTokens, s.totalTokens) },
  forest: { kind: 'step', of: (s) => share(s.forestTokens, s.totalTokens) },
  tokens: { kind: 'step', of: (s) => s.forestTokens },
  stepSeconds: { kind: 'step', of: (s) => s.rolloutSeconds + s.trainSeconds },
  teaching: { kind: 'step', of: (s) => share(s.groupsKept, s.groups) },
  idk: { kind: 'step', of: (s) => s.idkRate },
  idkValidation: { kind: 'evaluation', of: (e) => share(e.idk, e.questions) },
  neither: {
    kind: 'evaluation',
    of: (e) => share(Math.max(0, e.questions - e.idk - e.attempted), e.questions),
  },
  attempted: { kind: 'evaluation', of: (e) => share(e.attempted, e.questions) },
} as const satisfies Record<string, Measure>;

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Position of every step. Seconds are those of rollouts and updates; tokens the distinct ones, summed over steps. */
export function axisOf({ steps }: Pick<RunData, 'steps'>, axis: Axis): number[] {
  let total = 0;
  switch (axis) {
    case 'steps':
      return steps.map(({ step }) => step);
    case 'seconds':
      return steps.map((s) => (total += s.rolloutSeconds + s.trainSeconds));
    case 'tokens':
      return steps.map((s) => (total += s.forestTokens));
  }
}

/** Where the run ends on this axis; 0 without steps. */
export function lengthOf(run: Pick<RunData, 'steps'>, axis: Axis): number {
  return axisOf(run, axis).at(-1) ?? 0;
}

export function curveOf(run: RunData, axis: Axis, measure: Measure): Curve {
  const places = axisOf(run, axis);
  const points: (readonly [number, number | null])[] =
    measure.kind === 'step'
      ? movingMean(run.steps.map(measure.of), SMOOTHING).map((y, i) => [places[i] as number, y])
      : evaluationPoints(run, places, measure.of);
  const there = points.filter((point): point is readonly [number, number] => point[1] !== null);
  return { x: there.map(([x]) => x), y: there.map(([, y]) => y) };
}

function evaluationPoints(
  { steps, evaluations }: RunData,
  places: readonly number[],
  of: (row: EvaluationRow) => number | null,
): (readonly [number, number | null])[] {
  const place = new Map(steps.map(({ step }, i) => [step, places[i] as number]));
  // Before the first step no time has passed.
  place.set(0, 0);
  return evaluations.flatMap((row) => {
    const x = place.get(row.step);
    return x === undefined ? [] : [[x, of(row)] as const];
  });
}

/** The value of each run at one point; runs that ended before it keep their last value. */
export function valuesAt(runs: readonly RunData[], axis: Axis, measure: Measure, at: number): SeedValue[] {
  return runs.map((run) => ({ seed: run.seed, value: valueAt(curveOf(run, axis, measure), at) }));
}

/** Mean over all steps of each run, unsmoothed. */
export function meanOverSteps(runs: readonly RunData[], of: (row: StepRow) => number | null): Spread | null {
  return spreadOf(runs.map((run) => spreadOf(run.steps.map(of))?.mean));
}

/**
 * The point up to which runs can be compared: the end of the shortest. Mode simple is left out where others are there,
 * because its single turns cost a fraction and it would cut the comparison of the other two.
 */
export function budgetOf(runs: readonly RunData[], axis: Axis): number {
  const episodes = runs.filter(({ mode }) => mode !== 'simple');
  const lengths = (episodes.length > 0 ? episodes : runs).map((run) => lengthOf(run, axis));
  return lengths.length === 0 ? 0 : Math.min(...lengths);
}
