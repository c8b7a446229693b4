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
import { TrainingError } from '../errors/training';
import type { ParamsOf } from '../errors/texts';
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
 * @param watch told of every token, and looks at the policy before the first update and after the last; decides nothing
 * @returns null when nothing is trained.
 * @throws TrainingError when a loss, log-prob or gradient is not finite; before that update where it shows before.
 */
export async function updateOnBatch(
  policy: TrainablePolicy,
  batch: readonly ScoredTrajectory[],
  settings: UpdateSettings,
  learningRate: number,
  onProgress: (done: number, total: number) => void = () => undefined,
  watch?: TokenWatch,
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
  for (let iteration = 0; iteration < settings.numIterations; iteration++) {
    let prepared: PreparedStep | null = null;
    if (objective.needs === 'scores') {
      const scores = await scoreParts(policy, parts, given, config.temperature, progress);
      if (!scores.every(({ logprobs }) => logprobs.every(Number.isFinite))) {
        throw notFinite('log-probs');
      }
      prepared = objective.prepare(given, scores);
    }
    totals.addLoss(prepared?.policyLoss ?? 0, prepared?.policyLoss ?? 0);
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
        throw notFinite({ loss: String(result.loss) });
      }
      totals.addLoss(
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
          totals.addToken({
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
    const { gradNorm } = await policy.update(adamW);
    if (!Number.isFinite(gradNorm)) throw notFinite({ gradNorm: String(gradNorm) });
    totals.addUpdate(gradNorm);
  }
  await watch?.afterUpdates(policy);
  return totals.metrics();
}

function notFinite(found: ParamsOf<'training/not-finite'>['found']): TrainingError {
  return TrainingError.of('training/not-finite', { found });
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

  metrics(): UpdateMetrics {
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
