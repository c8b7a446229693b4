/** Which two kinds of runs the shown ones are, and what they say about each other. Pure. */
import { conclude, type Change, type Conclusion, type Outcome } from '../../report/conclusion';
import type { StepMetrics } from '../../grpo/types';
import { differences, recordMode, recordName } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';

export interface Comparison {
  /** Of the two kinds, as they stand in a sentence. */
  readonly names: readonly [string, string];
  readonly conclusion: Conclusion;
}

/**
 * Runs that differ in nothing but mode and seed are masked against unmasked, seed by seed; any two others are held against
 * each other as they are. Null where the shown ones do not make two kinds, or nothing has been evaluated on both sides.
 */
export function comparisonOf(shown: readonly RunRecord[]): Comparison | null {
  const known = shown.filter(({ settings }) => settings !== null);
  if (known.length !== shown.length) return null;
  const ofMode = (mode: string): RunRecord[] => known.filter((record) => recordMode(record) === mode);
  const onlySeeds = differences(known).every(({ key }) => key === 'seed');
  const [masked, rollout] = [ofMode('masked'), ofMode('rollout')];
  if (onlySeeds && masked.length > 0 && rollout.length > 0) {
    const conclusion = conclude(masked.map(outcomeOf), rollout.map(outcomeOf));
    const names = [t.compare.mode.masked, t.compare.mode.rollout] as const;
    return conclusion && { names, conclusion };
  }
  const [a, b] = known;
  if (known.length !== 2 || a === undefined || b === undefined || !areComparable(a, b)) return null;
  // Two runs are one pair, whatever their seeds.
  const conclusion = conclude([outcomeOf(a)], [{ ...outcomeOf(b), seed: outcomeOf(a).seed }]);
  return conclusion && { names: [recordName(a), recordName(b)], conclusion };
}

/** Accuracies mean the same only on the same tasks. */
const SAME_TASKS = ['environment', 'dataset', 'evalDatasetSize'] as const;

function areComparable(a: RunRecord, b: RunRecord): boolean {
  return SAME_TASKS.every((key) => a.settings?.[key] === b.settings?.[key]);
}

/** Steps at each end over which a noisy number is averaged. */
const ENDS = 3;

export function outcomeOf({ settings, steps, evaluations }: RunRecord): Outcome {
  const validation = evaluations.filter(({ split }) => split === 'validation');
  const counted = (e: (typeof validation)[number] | undefined) =>
    e === undefined ? null : { right: e.correctAnswers, questions: e.questions };
  return {
    seed: settings?.seed ?? 0,
    steps: steps.at(-1)?.step ?? 0,
    start: counted(validation.find(({ step }) => step === 0)),
    end: counted(validation.findLast(({ step }) => step > 0)),
    entropy: changeOf(steps, (m) => m.entropy),
    kl: steps.findLast(({ kl }) => kl !== null)?.kl ?? null,
    withoutCall: changeOf(steps, withoutCall),
  };
}

function withoutCall({ toolCalls, turnsWithoutCall }: StepMetrics): number | null {
  const turns = toolCalls + turnsWithoutCall;
  return turns === 0 ? null : turnsWithoutCall / turns;
}

function changeOf(steps: readonly StepMetrics[], value: (m: StepMetrics) => number | null): Change | null {
  const values = steps.map(value).filter((one) => one !== null);
  if (values.length === 0) return null;
  const of = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  return { from: of(values.slice(0, ENDS)), to: of(values.slice(-ENDS)) };
}
