/** Measures a policy on a fixed list of questions. Serves evaluations of a run and of a finished adapter. */
import type { Rubric } from '../env/mail/types';
import type { Question } from '../env/mail/corpus/types';
import type { HostTensors, TrainablePolicy } from '../engine/types';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import { rollOut, type RolloutDeps, type RolloutOptions } from './rollout';
import { isScorable } from './scoring';
import { mean, median, share, standardDeviation, sum } from './statistics';
import { TrainingError, type EvalSummary, type Trajectory } from './types';

export interface EvaluationDeps extends RolloutDeps {
  readonly policy: TrainablePolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type EvaluationSettings = Pick<
  Settings,
  'seed' | 'maxTurns' | 'maxTokens' | 'maxSeqLength' | 'topK' | 'topP' | 'minP'
>;

export interface EvaluationOptions {
  readonly step: number;
  readonly split: 'validation' | 'test';
  /** 0: greedy. */
  readonly temperature: number;
  readonly isBaseline?: boolean;
  /** Reward of the baseline by question id, for the beat rate. */
  readonly baseline?: Readonly<Record<string, number>> | null;
  /** Adapter to evaluate instead of the policy's own, which is put back afterwards; null: the bare model. */
  readonly adapter?: HostTensors | null;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface EvaluationRow {
  readonly id: string;
  readonly question: string;
  readonly gold: string;
  readonly answer: string | null;
  readonly correct: boolean;
  readonly reward: number;
  readonly turns: number;
  readonly endReason: string;
}

export interface Evaluation {
  /** `isBest` is false; the run decides it. */
  readonly summary: EvalSummary;
  /** Means of the rubric's fields over scorable episodes; truth counts as 1. */
  readonly rubric: Readonly<Record<string, number>>;
  readonly rows: readonly EvaluationRow[];
  readonly trajectories: readonly Trajectory[];
}

/** How every evaluation samples; who wants its answers again (the page's questions) must sample like this. */
export function evaluationRollout(settings: EvaluationSettings, temperature: number): RolloutOptions {
  return {
    params: {
      temperature,
      topK: settings.topK,
      topP: settings.topP,
      minP: settings.minP,
      // A stream of its own: no evaluation repeats the draws of a training step.
      seed: new Random(settings.seed, 'evaluation').uint32(),
    },
    maxTurns: settings.maxTurns,
    maxTokens: settings.maxTokens,
    maxSeqLength: settings.maxSeqLength,
    kind: 'episode',
  };
}

/**
 * One episode per question, whatever the mode of training. Random streams depend on seed and position in the list
 * only, so evaluations of one run compare like with like. Unscorable episodes leave all means.
 */
export async function evaluatePolicy(
  deps: EvaluationDeps,
  settings: EvaluationSettings,
  questions: readonly Question[],
  options: EvaluationOptions,
): Promise<Evaluation> {
  if (questions.length === 0) {
    throw new TrainingError(
      `The ${options.split} split has no questions to evaluate. Add some to the dataset, or use another split.`,
    );
  }
  const begin = deps.now();
  const run = () =>
    rollOut(
      deps,
      questions.map((question, group) => ({ question, step: 0, group, rollout: 0 })),
      {
        ...evaluationRollout(settings, options.temperature),
        ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
  const trajectories =
    options.adapter === undefined ? await run() : await withAdapter(deps.policy, options.adapter, run);
  const seconds = (deps.now() - begin) / 1000;
  return {
    summary: summarise(trajectories, options, seconds),
    rubric: rubricMeans(trajectories.filter(isScorable)),
    rows: trajectories.map(({ outcome, reward }) => ({
      id: outcome.question.id,
      question: outcome.question.question,
      gold: outcome.question.answer,
      answer: outcome.answer,
      correct: outcome.rubric.answer_correct,
      reward,
      turns: outcome.turns.length,
      endReason: outcome.endReason,
    })),
    trajectories,
  };
}

/** Sampled and greedy, as `npm run evaluate` reports them; has the shape of the worker's `EvaluationReport`. */
export async function evaluateBothWays(
  deps: EvaluationDeps,
  settings: EvaluationSettings & Pick<Settings, 'evalTemperature'>,
  questions: readonly Question[],
  options: Omit<EvaluationOptions, 'temperature'>,
) {
  const { onProgress } = options;
  const part = (offset: number): Pick<EvaluationOptions, 'onProgress'> =>
    onProgress === undefined
      ? {}
      : { onProgress: (done, total) => onProgress(offset * total + done, 2 * total) };
  const sampled = await evaluatePolicy(deps, settings, questions, {
    ...options,
    ...part(0),
    temperature: settings.evalTemperature > 0 ? settings.evalTemperature : 1,
  });
  const greedy = await evaluatePolicy(deps, settings, questions, { ...options, ...part(1), temperature: 0 });
  return {
    split: options.split,
    questions: questions.length,
    sampledAccuracy: sampled.summary.accuracy,
    greedyAccuracy: greedy.summary.accuracy,
    reward: sampled.summary.avgReward,
    rubric: sampled.rubric,
    sampled: sampled.summary,
    greedy: greedy.summary,
    perQuestion: sampled.rows.map((row, i) => ({
      id: row.id,
      question: row.question,
      gold: row.gold,
      sampled: row.answer,
      sampledCorrect: row.correct,
      greedy: greedy.rows[i]?.answer ?? null,
      greedyCorrect: greedy.rows[i]?.correct ?? false,
      reward: row.reward,
    })),
  };
}

/** Runs something with another adapter in place; the policy's own comes back even after an error. */
async function withAdapter<T>(
  policy: TrainablePolicy,
  adapter: HostTensors | null,
  run: () => Promise<T>,
): Promise<T> {
  const own = await policy.readAdapter();
  // A LoRA delta is B·A, so zeroed B matrices are the bare model.
  const off = () =>
    new Map(
      [...own].map(([name, tensor]) => [
        name,
        name.includes('.lora_B.') ? { ...tensor, data: new Float32Array(tensor.data.length) } : tensor,
      ]),
    );
  policy.loadAdapter(adapter ?? off());
  try {
    return await run();
  } finally {
    policy.loadAdapter(own);
  }
}

function summarise(
  trajectories: readonly Trajectory[],
  options: EvaluationOptions,
  seconds: number,
): EvalSummary {
  const scorable = trajectories.filter(isScorable);
  const count = (holds: (rubric: Readonly<Rubric>) => boolean) =>
    scorable.filter(({ outcome }) => holds(outcome.rubric)).length;
  const rewards = scorable.map(({ reward }) => reward);
  const turnsCorrect = scorable
    .filter(({ outcome }) => outcome.rubric.answer_correct)
    .map(({ outcome }) => outcome.turns.length);
  const baseline = options.baseline ?? null;
  const compared = scorable.filter(({ questionId }) => baseline?.[questionId] !== undefined);
  return {
    step: options.step,
    isBaseline: options.isBaseline ?? false,
    split: options.split,
    questions: trajectories.length,
    accuracy: share(scorable, ({ outcome }) => outcome.rubric.answer_correct),
    correctAnswers: count((rubric) => rubric.answer_correct),
    attemptedAnswer: count((rubric) => rubric.attempted_answer),
    foundCorrectEmail: count((rubric) => rubric.ever_found_right_email),
    readCorrectEmail: count((rubric) => rubric.ever_read_right_email),
    avgReward: mean(rewards),
    medianReward: median(rewards),
    stdReward: standardDeviation(rewards),
    minReward: rewards.length === 0 ? 0 : Math.min(...rewards),
    maxReward: rewards.length === 0 ? 0 : Math.max(...rewards),
    avgTurnsCorrect: turnsCorrect.length === 0 ? null : mean(turnsCorrect),
    numIdk: count((rubric) => rubric.returned_i_dont_know),
    beatRate:
      compared.length === 0
        ? null
        : share(compared, ({ questionId, reward }) => reward >= (baseline?.[questionId] as number)),
    seconds,
    isBest: false,
  };
}

function rubricMeans(trajectories: readonly Trajectory[]): Record<string, number> {
  const [first] = trajectories;
  if (first === undefined) return {};
  const fields = Object.keys(first.outcome.rubric) as (keyof Rubric)[];
  return Object.fromEntries(
    fields.map((field) => [field, mean(trajectories.map(({ outcome }) => Number(outcome.rubric[field])))]),
  );
}

/** The evaluation as a file of `eval_logs/`: the summary, the original system's fields, and the rows. */
export function evaluationLog(
  { summary, rubric, rows, trajectories }: Evaluation,
  baseline: Readonly<Record<string, number>> | null,
): Record<string, unknown> {
  const scorable = trajectories.filter(isScorable);
  const total = (field: keyof Rubric) => sum(scorable.map(({ outcome }) => Number(outcome.rubric[field])));
  const idk = scorable.filter(({ outcome }) => outcome.rubric.returned_i_dont_know);
  const deltas = scorable.flatMap(({ questionId, reward }) => {
    const before = baseline?.[questionId];
    return before === undefined ? [] : [reward - before];
  });
  return {
    summary,
    step: summary.isBaseline ? -1 : summary.step,
    is_baseline: summary.isBaseline,
    accuracy: summary.accuracy,
    correct_answers: summary.correctAnswers,
    total_samples: summary.questions,
    attempted_answer: summary.attemptedAnswer,
    avg_reward: summary.avgReward,
    median_reward: summary.medianReward,
    std_reward: summary.stdReward,
    min_reward: summary.minReward,
    max_reward: summary.maxReward,
    found_correct_email: summary.foundCorrectEmail,
    read_correct_email: summary.readCorrectEmail,
    total_repeated_searches: total('num_repeated_searches'),
    total_unique_searches: total('num_unique_searches'),
    total_searches: total('num_total_searches'),
    avg_turns_correct: summary.avgTurnsCorrect,
    avg_turns_idk: idk.length === 0 ? null : mean(idk.map(({ outcome }) => outcome.turns.length)),
    avg_search_attempts: scorable.length === 0 ? 0 : total('num_total_searches') / scorable.length,
    num_idk: summary.numIdk,
    eval_time: summary.seconds,
    beat_rate: summary.beatRate,
    beat_control_avg_delta: deltas.length === 0 ? null : mean(deltas),
    ...(summary.isBaseline ? { control_reward_map: rewardsByQuestion({ trajectories }) } : {}),
    rubric,
    rows,
  };
}

/** What later evaluations of the run are compared with. Question ids are text everywhere, as JSON keys are. */
export function rewardsByQuestion({
  trajectories,
}: Pick<Evaluation, 'trajectories'>): Record<string, number> {
  return Object.fromEntries(
    trajectories.filter(isScorable).map(({ questionId, reward }) => [questionId, reward]),
  );
}
