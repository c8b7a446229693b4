/** The updates on one batch of trajectories. */
import type { AdamWParams, LossConfig, TrainablePolicy } from '../engine/types';
import { TOKEN_SOURCE } from '../tokens/types';
import type { Settings } from '../settings/settings';
import { buildLossRows, scatterRows } from './loss-rows';
import { lossConfig } from './loss-config';
import { cutMicroBatches } from './micro-batch';
import { openObjective, type PreparedStep, type StepSequence } from './objectives/prepare';
import type { ObjectiveSettings } from './objectives/types';
import { boundedExp } from './objectives/bounded-exp';
import { k3, rowLoss } from './reference';
import { forestPart, scoreParts } from './step-parts';
import type { TokenWatch } from './token-watch';
import { type ScoredTrajectory } from './types';
import { MailGymError, paramsOf } from '../errors';
import { TrainingError } from '../errors/training';
import type { NotFinite } from '../errors/texts/en/training/rollout';
import { countTrained, trajectoryWeights } from './weights';

/** The settings that decide an update. */
export type UpdateSettings = ObjectiveSettings &
  Pick<
    Settings,
    | 'mode'
    | 'beta'
    | 'entropyCoef'
    | 'temperature'
    | 'numIterations'
    | 'microBatchTokens'
    | 'maxTurns'
    | 'maxTokens'
    | 'maxSeqLength'
    | 'weightDecay'
    | 'maxGradNorm'
  >;

/** Means over the updates of one step; per token where a token is meant. Nats. */
export interface UpdateMetrics {
  readonly loss: number;
  readonly policyLoss: number;
  /** Mean k3 over trained tokens; null without a reference. */
  readonly kl: number | null;
  readonly entropy: number;
  /** Share of trained tokens about which the clip decides (`Objective.clips`). */
  readonly clipFraction: number;
  readonly gradNorm: number;
  /** At the first update, over sampled tokens; null when none was trained. */
  readonly firstRatioError: number | null;
}

/** How an update was found to be no update. */
export type { NotFinite };

export interface UpdateOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * Told of an update whose loss, log-probs or gradient is not finite. It is left out then, with those that would follow it
   * in the step, which the same numbers await: adapter and moments stay as they were. Absent: such an update is thrown.
   */
  readonly onNotFinite?: (found: NotFinite) => void;
  /** Told of every token, and looks at the policy before the first update and after the last; decides nothing. */
  readonly watch?: TokenWatch | undefined;
}

/** Of every update, supervised ones too. */
export const ADAM = { beta1: 0.9, beta2: 0.999, eps: 1e-8 } as const;

/** Longest completion that the settings allow, in trained tokens: the divisor of `dr_grpo`. */
export function maxCompletionLength(
  settings: Pick<Settings, 'mode' | 'maxTurns' | 'maxTokens' | 'maxSeqLength'>,
): number {
  switch (settings.mode) {
    case 'simple':
      return settings.maxTokens;
    case 'masked':
      return Math.min(settings.maxSeqLength, settings.maxTurns * settings.maxTokens);
    case 'rollout':
      return settings.maxSeqLength;
  }
}

/**
 * `numIterations` updates on the kept trajectories, each accumulated over micro-batches, after a scoring pass over all
 * of them where the objective needs one.
 * At the first update `old` is the log-prob as sampled, and "the current policy" for tokens that were not sampled
 * (mode `rollout`); from the second on those have the log-prob measured at the first.
 * @returns null when nothing is trained.
 * @throws TrainingError when a loss, log-prob or gradient is not finite, without `onNotFinite`; adapter and moments are then as
 *   they were before that update.
 */
export async function updateOnBatch(
  policy: TrainablePolicy,
  batch: readonly ScoredTrajectory[],
  settings: UpdateSettings,
  learningRate: number,
  { onProgress = () => undefined, onNotFinite, watch }: UpdateOptions = {},
): Promise<UpdateMetrics | null> {
  const kept = batch.filter((item) => item.kept && countTrained(item.lossMask) > 0);
  if (kept.length === 0) return null;
  const micro = cutMicroBatches(kept, settings.microBatchTokens);
  const microOf = new Int32Array(kept.length);
  micro.forEach((members, k) => members.forEach((i) => (microOf[i] = k)));
  const weights = trajectoryWeights(
    kept.map(({ lossMask }, i) => ({ lossMask, microBatch: microOf[i] as number })),
    settings.lossType,
    maxCompletionLength(settings),
  );
  const old = kept.map(({ source, logprobs }) =>
    logprobs.map((logprob, t) => (source[t] === TOKEN_SOURCE.sampled ? logprob : NaN)),
  );
  const given = kept.map(({ ids, lossMask, tokenAdvantages, turnOf }, i): StepSequence => ({
    ...{ lossMask, tokenAdvantages, turnOf },
    old: old[i] as Float32Array,
    tokenWeights: new Float64Array(ids.length).fill(weights[i] as number),
  }));
  const parts = micro.map((members) => forestPart(kept, members));
  const objective = openObjective(settings);
  const config = lossConfig(settings);
  const adamW: AdamWParams = {
    ...ADAM,
    learningRate,
    weightDecay: settings.weightDecay,
    maxGradNorm: settings.maxGradNorm,
  };

  const totals = new Totals(config);
  let done = 0;
  const passes = parts.length * settings.numIterations * (objective.needs === 'scores' ? 2 : 1);
  const progress = () => onProgress(++done, passes);
  /** One update; what is not finite in it, or null. */
  const update = async (iteration: number, sums: Totals): Promise<NotFinite | null> => {
    let prepared: PreparedStep | null = null;
    if (objective.needs === 'scores') {
      const scores = await scoreParts(policy, parts, given, config.temperature, progress);
      if (!scores.every(({ logprobs }) => logprobs.every(Number.isFinite))) {
        return 'log-probs';
      }
      prepared = objective.prepare(given, scores);
    }
    sums.addLoss(prepared?.policyLoss ?? 0, prepared?.policyLoss ?? 0);
    const sequences = prepared?.sequences ?? given;
    watch?.beginUpdate();
    for (const { members, forest, nodeOf } of parts) {
      const { rows, rowOf } = buildLossRows(
        forest,
        nodeOf,
        members.map((i) => sequences[i] as StepSequence),
      );
      const result = await policy.accumulate(forest, rows, config);
      if (!Number.isFinite(result.loss) || !result.logprobs.every(Number.isFinite)) {
        policy.zeroGradient();
        return { loss: String(result.loss) };
      }
      sums.addLoss(
        result.loss,
        rowLoss(rows, result.logprobs, result.refLogprobs, { ...config, beta: 0 }).loss,
      );
      const perToken = {
        logprobs: scatterRows(rowOf, result.logprobs, 0),
        refLogprobs: scatterRows(rowOf, result.refLogprobs, 0),
        entropy: scatterRows(rowOf, result.entropy, 0),
      };
      members.forEach((i, k) => {
        const oldHere = old[i] as Float32Array;
        const advantages = kept[i]?.tokenAdvantages as Float32Array;
        const clipped = new Uint8Array(oldHere.length);
        const then = watch === undefined ? oldHere : oldHere.slice();
        rowOf[k]?.forEach((row, t) => {
          if (row < 0) return;
          const logprob = perToken.logprobs[k]?.[t] as number;
          const logRatio = Number.isNaN(oldHere[t]) ? null : logprob - (oldHere[t] as number);
          const isClipped =
            prepared === null
              ? objective.clips(logRatio ?? 0, advantages[t] as number)
              : prepared.clipped[i]?.[t] === 1;
          clipped[t] = Number(isClipped);
          sums.addToken({
            kl: k3(logprob, perToken.refLogprobs[k]?.[t] as number),
            entropy: perToken.entropy[k]?.[t] as number,
            isClipped,
            ratioError: iteration === 0 && logRatio !== null ? Math.abs(boundedExp(logRatio) - 1) : null,
          });
          if (Number.isNaN(oldHere[t])) oldHere[t] = logprob;
        });
        watch?.see(kept[i] as ScoredTrajectory, {
          tokens: sequences[i] as StepSequence,
          rows: rowOf[k] as Int32Array,
          then,
          clipped,
          logprobs: perToken.logprobs[k] as Float32Array,
          reference: config.beta > 0 ? (perToken.refLogprobs[k] as Float32Array) : null,
          config,
        });
      });
      progress();
    }
    if (iteration === 0) await watch?.beforeUpdates(policy, config.temperature, settings.microBatchTokens);
    const gradNorm = await normOfUpdate(policy, adamW);
    if (!Number.isFinite(gradNorm)) return { gradNorm: String(gradNorm) };
    sums.addUpdate(gradNorm);
    return null;
  };
  for (let iteration = 0; iteration < settings.numIterations; iteration++) {
    const sums = new Totals(config);
    const found = await update(iteration, sums);
    if (found === null) {
      totals.add(sums);
      continue;
    }
    if (onNotFinite === undefined) throw TrainingError.of('training/not-finite', { found, before: 0 });
    onNotFinite(found);
    break;
  }
  await watch?.afterUpdates(policy);
  return totals.metrics();
}

/** Norm of the gradient; not finite where the policy says so and has changed nothing. */
async function normOfUpdate(policy: TrainablePolicy, params: AdamWParams): Promise<number> {
  try {
    return (await policy.update(params)).gradNorm;
  } catch (error) {
    const told = error instanceof MailGymError ? paramsOf(error, 'policy/gradient') : null;
    if (told === null) throw error;
    return Number(told.norm);
  }
}

/** Sums over updates and tokens. */
class Totals {
  readonly #config: LossConfig;
  #loss = 0;
  #policyLoss = 0;
  #gradNorm = 0;
  #updates = 0;
  #tokens = 0;
  #kl = 0;
  #entropy = 0;
  #clipped = 0;
  #firstRatioError: number | null = null;

  constructor(config: LossConfig) {
    this.#config = config;
  }

  addLoss(loss: number, policyLoss: number): void {
    this.#loss += loss;
    this.#policyLoss += policyLoss;
  }

  addUpdate(gradNorm: number): void {
    this.#gradNorm += gradNorm;
    this.#updates++;
  }

  /** @param token.ratioError null where it is not to be counted */
  addToken(token: { kl: number; entropy: number; isClipped: boolean; ratioError: number | null }): void {
    this.#tokens++;
    this.#kl += token.kl;
    this.#entropy += token.entropy;
    if (token.isClipped) this.#clipped++;
    if (token.ratioError !== null) {
      this.#firstRatioError = Math.max(this.#firstRatioError ?? 0, token.ratioError);
    }
  }

  add(other: Totals): void {
    this.#loss += other.#loss;
    this.#policyLoss += other.#policyLoss;
    this.#gradNorm += other.#gradNorm;
    this.#updates += other.#updates;
    this.#tokens += other.#tokens;
    this.#kl += other.#kl;
    this.#entropy += other.#entropy;
    this.#clipped += other.#clipped;
    if (other.#firstRatioError !== null)
      this.#firstRatioError = Math.max(this.#firstRatioError ?? 0, other.#firstRatioError);
  }

  /** Null without an update. */
  metrics(): UpdateMetrics | null {
    if (this.#updates === 0) return null;
    return {
      loss: this.#loss / this.#updates,
      policyLoss: this.#policyLoss / this.#updates,
      kl: this.#config.beta > 0 ? this.#kl / this.#tokens : null,
      entropy: this.#entropy / this.#tokens,
      clipFraction: this.#clipped / this.#tokens,
      gradNorm: this.#gradNorm / this.#updates,
      firstRatioError: this.#firstRatioError,
    };
  }
}
