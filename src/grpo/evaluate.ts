/** Measures a policy on a fixed list of questions. Serves evaluations of a run and of a finished adapter. */
import type { JsonObject } from '../conversation/types';
import type { TrainablePolicy } from '../engine/types';
import { type MetricsTable, type Outcome, type Split, type Task } from '../env/types';
import { taskText } from '../conversation/text';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import { faultWarnings } from './faults';
import { accuracyOf, rewardMeans } from './metrics';
import { groupRequests, rollOut, type RolloutDeps, type RolloutOptions } from './rollout';
import { mean, median, share, standardDeviation } from '../statistics';
import { accuracyInterval, byTask, severalTries, triesOf, type Try } from './tries';
import { type EvalSummary, type Trajectory } from './types';
import { TrainingError } from '../errors/training';

export interface EvaluationDeps extends RolloutDeps {
  readonly policy: TrainablePolicy;
  /** The environment's metrics. */
  readonly metrics: MetricsTable;
  /** The environment's own fields of an evaluation's log. */
  readonly logFields?: (outcomes: readonly Outcome[]) => JsonObject;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type EvaluationSettings = Pick<
  Settings,
  'seed' | 'maxTurns' | 'maxTokens' | 'maxSeqLength' | 'topK' | 'topP' | 'minP'
>;

export interface EvaluationOptions {
  readonly step: number;
  readonly split: Split;
  /** 0: greedy. */
  readonly temperature: number;
  /** At each task; by default 1. */
  readonly tries?: number;
  readonly isBaseline?: boolean;
  /** Reward of the baseline by task id, for the beat rate. */
  readonly baseline?: Readonly<Record<string, number>> | null;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what the environment's own code did wrong. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface EvaluationRow {
  readonly id: string;
  readonly question: string;
  readonly gold: string | null;
  readonly answer: string | null;
  /** Null where the environment has no verdict. */
  readonly correct: boolean | null;
  readonly reward: number;
  readonly turns: number;
  readonly endReason: string;
}

export interface Evaluation {
  /** `isBest` is false; the run decides it. */
  readonly summary: EvalSummary;
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
  };
}

/**
 * Whole episodes, one per task and try, whatever the mode of training. Random streams depend on seed, position in the
 * list and number of the try only, so evaluations of one run compare like with like. Unscorable episodes leave all means.
 */
export async function evaluatePolicy(
  deps: EvaluationDeps,
  settings: EvaluationSettings,
  tasks: readonly Task[],
  options: EvaluationOptions,
): Promise<Evaluation> {
  if (tasks.length === 0) {
    throw TrainingError.of('training/no-evaluation-tasks', { split: options.split });
  }
  const begin = deps.now();
  const trajectories = await rollOut(deps, groupRequests(tasks, options.tries ?? 1, 0), {
    ...evaluationRollout(settings, options.temperature),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const seconds = (deps.now() - begin) / 1000;
  for (const message of faultWarnings(trajectories)) options.onWarning?.(message);
  return {
    summary: summarise(trajectories, options, seconds),
    rows: trajectories.map(({ task, outcome, reward }) => ({
      id: task.id,
      question: taskText(task),
      gold: task.answer,
      answer: outcome.answer,
      correct: outcome.success,
      reward,
      turns: outcome.turns.length,
      endReason: outcome.stopCondition,
    })),
    trajectories,
  };
}

/**
 * Sampled, with as many tries at each task as `evalTries` says, and greedy, with one; has the shape of the worker's
 * `EvaluationReport`. Of several tries the first stands for the task, and is the one that a single try makes.
 */
export async function evaluateBothWays(
  deps: EvaluationDeps,
  settings: EvaluationSettings & Pick<Settings, 'evalTemperature' | 'evalTries'>,
  tasks: readonly Task[],
  options: Omit<EvaluationOptions, 'temperature' | 'tries'>,
) {
  const { onProgress } = options;
  const { evalTries: tries, evalTemperature } = settings;
  const part = (before: number): Pick<EvaluationOptions, 'onProgress'> =>
    onProgress === undefined
      ? {}
      : { onProgress: (done) => onProgress(before + done, tasks.length * (tries + 1)) };
  const sampled = await evaluatePolicy(deps, settings, tasks, {
    ...options,
    ...part(0),
    tries,
    temperature: evalTemperature > 0 ? evalTemperature : 1,
  });
  const greedy = await evaluatePolicy(deps, settings, tasks, {
    ...options,
    ...part(tasks.length * tries),
    temperature: 0,
  });
  const sampledByTask = byTask(sampled.trajectories);
  return {
    split: options.split,
    questions: tasks.length,
    sampledAccuracy: sampled.summary.accuracy,
    accuracyInterval: accuracyInterval(sampled.trajectories),
    greedyAccuracy: greedy.summary.accuracy,
    greedyAccuracyInterval: accuracyInterval(greedy.trajectories),
    ...(tries > 1 ? severalTries(sampled.trajectories, tries) : {}),
    reward: sampled.summary.avgReward,
    metrics: sampled.summary.metrics,
    rewards: sampled.summary.rewards,
    sampled: sampled.summary,
    greedy: greedy.summary,
    perQuestion: greedy.rows.map((row, i) => {
      // Every task was tried, and sampled and greedy trajectories are in the order of the tasks.
      const all = triesOf(sampledByTask[i] as Trajectory[]);
      const first = all[0] as Try;
      return {
        id: row.id,
        question: row.question,
        gold: row.gold,
        sampled: first.answer,
        sampledCorrect: first.correct,
        greedy: row.answer,
        greedyCorrect: row.correct,
        reward: first.reward,
        sampledTurns: first.turns,
        greedyTurns: (greedy.trajectories[i] as Trajectory).outcome.turns,
        ...(tries > 1 ? { tries: all } : {}),
      };
    }),
  };
}

function summarise(
  trajectories: readonly Trajectory[],
  options: EvaluationOptions,
  seconds: number,
): EvalSummary {
  const scorable = trajectories.filter((trajectory) => trajectory.scorable);
  const rewards = scorable.map(({ reward }) => reward);
  const right = scorable.filter(({ outcome }) => outcome.success === true);
  const turnsCorrect = right.map(({ outcome }) => outcome.turns.length);
  const baseline = options.baseline ?? null;
  const { tries = 1 } = options;
  const compared = scorable.filter(({ task }) => baseline?.[task.id] !== undefined);
  return {
    step: options.step,
    isBaseline: options.isBaseline ?? false,
    split: options.split,
    questions: trajectories.length / tries,
    ...(tries > 1 ? { tries } : {}),
    accuracy: accuracyOf(scorable) ?? 0,
    correctAnswers: right.length,
    avgReward: mean(rewards),
    medianReward: median(rewards),
    stdReward: standardDeviation(rewards),
    minReward: rewards.length === 0 ? 0 : Math.min(...rewards),
    maxReward: rewards.length === 0 ? 0 : Math.max(...rewards),
    avgTurnsCorrect: turnsCorrect.length === 0 ? null : mean(turnsCorrect),
    metrics: metricMeans(scorable),
    rewards: rewardMeans(scorable),
    beatRate:
      compared.length === 0
        ? null
        : share(compared, ({ task, reward }) => reward >= (baseline?.[task.id] as number)),
    seconds,
    isBest: false,
  };
}

/** Means of every number that the episodes tell, truth counting as 1. */
function metricMeans(trajectories: readonly Trajectory[]): Record<string, number> {
  const [first] = trajectories;
  return Object.fromEntries(
    Object.keys(first?.outcome.metrics ?? {}).map((name) => [
      name,
      mean(trajectories.map(({ outcome }) => outcome.metrics[name] ?? 0)),
    ]),
  );
}

/** The evaluation as a file of `eval_logs/`: the summary, the original system's fields, the environment's, and the rows. */
export function evaluationLog(
  { summary, rows, trajectories }: Evaluation,
  baseline: Readonly<Record<string, number>> | null,
  logFields: EvaluationDeps['logFields'],
): Record<string, unknown> {
  const scorable = trajectories.filter((trajectory) => trajectory.scorable);
  const deltas = scorable.flatMap(({ task, reward }) => {
    const before = baseline?.[task.id];
    return before === undefined ? [] : [reward - before];
  });
  return {
    summary,
    step: summary.isBaseline ? -1 : summary.step,
    is_baseline: summary.isBaseline,
    accuracy: summary.accuracy,
    correct_answers: summary.correctAnswers,
    total_samples: summary.questions,
    avg_reward: summary.avgReward,
    median_reward: summary.medianReward,
    std_reward: summary.stdReward,
    min_reward: summary.minReward,
    max_reward: summary.maxReward,
    avg_turns_correct: summary.avgTurnsCorrect,
    eval_time: summary.seconds,
    beat_rate: summary.beatRate,
    beat_control_avg_delta: deltas.length === 0 ? null : mean(deltas),
    ...(summary.isBaseline ? { control_reward_map: rewardsByTask({ trajectories }) } : {}),
    ...logFields?.(scorable.map(({ outcome }) => outcome)),
    metrics: summary.metrics,
    rows,
  };
}

/** What later evaluations of the run are compared with. Task ids are text everywhere, as JSON keys are. */
export function rewardsByTask({ trajectories }: Pick<Evaluation, 'trajectories'>): Record<string, number> {
  return Object.fromEntries(
    trajectories.filter(({ scorable }) => scorable).map(({ task, reward }) => [task.id, reward]),
  );
}
