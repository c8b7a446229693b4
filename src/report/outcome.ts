/** From the records of one run to what a conclusion is drawn from. Pure. */
import type { EvalSummary, StepMetrics } from '../grpo/types';
import type { Change, Outcome } from './conclusion';

export type OutcomeStep = Pick<StepMetrics, 'step' | 'entropy' | 'kl' | 'toolCalls' | 'turnsWithoutCall'>;

export interface RunSoFar {
  readonly seed: number;
  readonly steps: readonly OutcomeStep[];
  /** In order of steps. */
  readonly evaluations: readonly Pick<EvalSummary, 'step' | 'split' | 'questions' | 'correctAnswers'>[];
}

/** Steps at each end over which a noisy number is averaged. */
const ENDS = 3;

/** What a run's records say of how it went, on validation tasks. */
export function outcomeOfRun({ seed, steps, evaluations }: RunSoFar): Outcome {
  const validation = evaluations.filter(({ split }) => split === 'validation');
  const counted = (e: (typeof validation)[number] | undefined) =>
    e === undefined ? null : { right: e.correctAnswers, questions: e.questions };
  return {
    seed,
    steps: steps.at(-1)?.step ?? 0,
    start: counted(validation.find(({ step }) => step === 0)),
    end: counted(validation.findLast(({ step }) => step > 0)),
    entropy: changeOf(steps, (m) => m.entropy),
    kl: steps.findLast(({ kl }) => kl !== null)?.kl ?? null,
    withoutCall: changeOf(steps, withoutCall),
  };
}

function withoutCall({ toolCalls, turnsWithoutCall }: OutcomeStep): number | null {
  const turns = toolCalls + turnsWithoutCall;
  return turns === 0 ? null : turnsWithoutCall / turns;
}

function changeOf(steps: readonly OutcomeStep[], value: (m: OutcomeStep) => number | null): Change | null {
  const values = steps.map(value).filter((one) => one !== null);
  if (values.length === 0) return null;
  const of = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  return { from: of(values.slice(0, ENDS)), to: of(values.slice(-ENDS)) };
}
