/** What crosses the trainer's boundary: trajectories, step records, run events. */
import type { Turn } from '../conversation/types';
import type { Episode, Outcome, Split, Task } from '../env/types';
import type { MemoryPlan } from '../engine/plan';
import type { Mode, WeightFormat } from '../settings/choices';
import type { TokenId } from '../tokens/types';

/** One rollout: exactly the ids the policy saw and sampled. Token arrays have equal length. */
export interface Trajectory {
  readonly task: Task;
  readonly group: number;
  readonly rollout: number;
  readonly ids: readonly TokenId[];
  /** TOKEN_SOURCE per token. */
  readonly source: Uint8Array;
  /** Log-prob as sampled, nats; 0 where not sampled. */
  readonly logprobs: Float32Array;
  /** Turn of every token: -1 for the prompt, else index into `outcome.turns`; a tool result belongs to its turn. */
  readonly turnOf: Int16Array;
  /** What the episode put before the policy. */
  readonly opening: Pick<Episode, 'messages' | 'tools'>;
  readonly outcome: Outcome;
  /** Weighted sum of the outcome's rewards that apply; 0 when the rollout is not scorable. */
  readonly reward: number;
  /** False when no reward applies or one is not a number, as after a judge failed: the rollout leaves its group. */
  readonly scorable: boolean;
  /** True when the last turn or the context was cut. */
  readonly truncated: boolean;
}

/** A trajectory with what the loss needs. */
export interface ScoredTrajectory extends Trajectory {
  /** Group-relative advantage of the whole trajectory. */
  readonly advantage: number;
  /** Advantage per token. */
  readonly tokenAdvantages: Float32Array;
  /** 1 where the token is trained, else 0. */
  readonly lossMask: Uint8Array;
  /** False when its group was dropped. */
  readonly kept: boolean;
}

/**
 * One line of `metrics.jsonl`. Null: not measured in this step. Log-probs and KL in nats.
 * What describes the policy's behaviour (rewards, accuracy, turns, calls) is of the step's own `batchSize` groups; what
 * describes work (groups, tokens, seconds) is of all, those asked by dynamic sampling included.
 */
export interface CoreStepMetrics {
  readonly step: number;
  readonly maxSteps: number;
  readonly mode: Mode;
  readonly loss: number | null;
  readonly policyLoss: number | null;
  readonly kl: number | null;
  readonly entropy: number | null;
  readonly rewardMean: number;
  readonly rewardStd: number;
  readonly rewardMin: number;
  readonly rewardMax: number;
  /** Share of rollouts that answered correctly; null in mode simple, where nothing is answered. */
  readonly accuracy: number | null;
  readonly clipFraction: number | null;
  readonly gradNorm: number | null;
  /** max |exp(logp - old) - 1| over sampled tokens at the step's first update. */
  readonly firstRatioError: number | null;
  /** Updates left out because a loss, log-prob or gradient was not finite. */
  readonly skippedUpdates: number;
  readonly learningRate: number;
  /** Mean level of the step's own questions, 1 (easy) upwards. */
  readonly meanLevel: number;
  /** Groups asked. */
  readonly groups: number;
  /** Of these, asked by dynamic sampling in place of dropped ones. */
  readonly groupsResampled: number;
  readonly groupsKept: number;
  readonly groupsAllRight: number;
  readonly groupsAllWrong: number;
  readonly trainableTokens: number;
  readonly totalTokens: number;
  readonly trainableRatio: number;
  /** Distinct tokens of the batch, merged into one forest. */
  readonly forestTokens: number;
  /** forestTokens / totalTokens. */
  readonly forestRatio: number;
  readonly meanTurns: number;
  readonly toolCalls: number;
  readonly toolErrors: number;
  /** Turns in which a tool could be called and no call was even begun. */
  readonly turnsWithoutCall: number;
  /** Calls that were begun and could not be read. */
  readonly brokenCalls: number;
  /** Calls that were read, and whose arguments the tool does not take. */
  readonly wrongArguments: number;
  /** Arguments that were read as another type than they were written in. */
  readonly typeSlips: number;
  /** Tool results that were shortened, or replaced, to fit the context. */
  readonly truncatedResults: number;
  readonly truncatedRollouts: number;
  readonly gpuBytes: number;
  /** Seconds. */
  readonly rolloutSeconds: number;
  readonly trainSeconds: number;
  readonly tokensPerSecond: number;
}

/**
 * With the environment's own: the mean of each metric that its table records in steps, under the name it gives there,
 * and of each part of the reward under `rewards/<part>`, over those of the step's own rollouts to which it applies (null
 * where it applies to none).
 */
export type StepMetrics = CoreStepMetrics & { readonly [name: string]: number | string | null };

/** Name of a reward part's mean in {@link StepMetrics}. */
export type RewardMetric = `rewards/${string}`;

/** One line of `warm_start.jsonl`: a supervised step. */
export interface WarmStartMetrics {
  /** Counts up to 0; step 0 is the policy as GRPO starts with it. */
  readonly step: number;
  /** Mean of −log p over the expert's tokens, nats. */
  readonly loss: number;
  readonly trainedTokens: number;
  readonly totalTokens: number;
  readonly gradNorm: number;
  readonly learningRate: number;
  readonly seconds: number;
}

/** One evaluation in numbers. */
export interface EvalSummary {
  readonly step: number;
  readonly isBaseline: boolean;
  readonly split: Split;
  readonly questions: number;
  /** At each question, where more than one was made; counts and means are of all of them. */
  readonly tries?: number;
  readonly accuracy: number;
  readonly correctAnswers: number;
  readonly avgReward: number;
  readonly medianReward: number;
  readonly stdReward: number;
  readonly minReward: number;
  readonly maxReward: number;
  readonly avgTurnsCorrect: number | null;
  /** Means of the environment's metrics over scorable episodes, truth counting as 1. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Means of the reward's parts over the episodes to which each applies. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** Share of questions whose reward is at least the baseline's; null without a baseline. */
  readonly beatRate: number | null;
  readonly seconds: number;
  readonly isBest: boolean;
}

/** A trajectory as the page shows it. */
export interface TrajectoryView {
  readonly questionId: string;
  readonly question: string;
  /** Null when there is no known answer. */
  readonly goldAnswer: string | null;
  readonly answer: string | null;
  readonly group: number;
  readonly rollout: number;
  readonly reward: number;
  readonly advantage: number;
  /** Null where the environment has no verdict. */
  readonly correct: boolean | null;
  readonly endReason: string;
  readonly kept: boolean;
  readonly turns: readonly Turn[];
  /** Text of each token. */
  readonly tokens: readonly string[];
  readonly source: Uint8Array;
  readonly lossMask: Uint8Array;
  readonly tokenAdvantages: Float32Array;
  readonly logprobs: Float32Array;
  /** Id of each token, as `tokens`; absent in records of earlier versions, as what follows. */
  readonly ids?: readonly TokenId[];
  /** Of the question, 1 (easy) upwards. */
  readonly level?: number;
  /** False when no reward applied: the rollout left its group. */
  readonly scorable?: boolean;
  /** What the step's update found of its tokens; absent where nothing of it was trained. */
  readonly update?: TokenUpdate;
}

/**
 * The trained tokens of one trajectory, as the step's last update had them. All arrays but `moves` have one entry per
 * trained token; log-probs in nats, at the sampling temperature.
 */
export interface TokenUpdate {
  /** Which tokens, ascending. */
  readonly at: Int32Array;
  /** Log-prob that the ratio refers to. */
  readonly then: Float32Array;
  /** Log-prob at the update, before it. */
  readonly now: Float32Array;
  /** Log-prob under the reference; null without KL. */
  readonly reference: Float32Array | null;
  /** 1 where the clip decides (`Objective.clips`). */
  readonly clipped: Uint8Array;
  /** ∂ loss / ∂ log-prob of this token's own terms: objective and KL, without an entropy bonus. */
  readonly slope: Float32Array;
  /** Sum of |slope| over all trained tokens of the step. */
  readonly stepSlope: number;
  /** Log-prob under the policy after the step; null where it was not measured. */
  readonly after: Float32Array | null;
  /** Of the tokens of the step that were pushed most, those of this trajectory. */
  readonly moves: readonly TokenMove[];
}

/** Logits of a few tokens at one place, before the step and after it. */
export interface TokenMove {
  /** Place of the trained token in the trajectory. */
  readonly token: number;
  /** The trained token first, then the likeliest others. */
  readonly ids: readonly TokenId[];
  readonly texts: readonly string[];
  /** Logits, as long as `ids`. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Log of the sum over the vocabulary of exp(logit / temperature), before and after. */
  readonly logSum: readonly [before: number, after: number];
  readonly temperature: number;
  /** ∂ loss / ∂ log-prob at the step's first update. */
  readonly slope: number;
}

/** What a run looks at beside its training. Nothing of it changes what is learned. */
export interface Watching {
  /** Trajectories of a step whose log-probs are measured again after it, which takes a forward pass; 0 for none. */
  readonly moves: number;
  /** Of their tokens, those whose logits are read before and after. */
  readonly logits: number;
  /** A task that is asked again and again, always taking the likeliest token; null for none. */
  readonly follow: Follow | null;
}
/** A task that is asked again while a run trains, greedily. */
export interface Follow {
  /** Null: the first validation task. */
  readonly taskId: string | null;
  /** At step 0, at each that it divides, and at the last. */
  readonly every: number;
}

/** Everything a run tells while it goes on. */
export type RunEvent =
  | {
      readonly kind: 'progress';
      readonly phase: RunPhase;
      readonly done: number;
      readonly total: number;
      readonly note: string;
    }
  | { readonly kind: 'memory'; readonly need: MemoryNeed }
  | { readonly kind: 'warm-start'; readonly metrics: WarmStartMetrics; readonly steps: number }
  | { readonly kind: 'step'; readonly metrics: StepMetrics }
  | { readonly kind: 'trajectories'; readonly step: number; readonly items: readonly TrajectoryView[] }
  /** {@link Follow}: the task's conversation with the policy as it is after this step. */
  | { readonly kind: 'followed'; readonly step: number; readonly item: TrajectoryView }
  | { readonly kind: 'evaluation'; readonly summary: EvalSummary }
  | { readonly kind: 'saved'; readonly path: string; readonly step: number }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'end'; readonly reason: StopReason; readonly step: number };

/** Bytes that a run will hold on the GPU, told before its weights are read. */
export interface MemoryNeed extends MemoryPlan {
  /** How the frozen weights will be kept. */
  readonly baseWeights: WeightFormat;
}

/** What a run is doing. */
export type RunPhase =
  'loading' | 'compiling' | 'baseline' | 'warm-start' | 'rollout' | 'training' | 'evaluating' | 'saving';
/** Why a run ended. */
export type StopReason = 'max-steps' | 'target-accuracy' | 'patience' | 'stopped';
