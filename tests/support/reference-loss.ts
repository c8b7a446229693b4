/**
 * The loss of separate sequences in float64, written from the formulas of the papers and of TRL, sharing no code with
 * the objectives; gradients by central differences. The yardstick for the loss on forest rows.
 */
import type { ObjectiveSettings } from '../../src/grpo/objectives/types';

export interface ReferenceSequence {
  readonly lossMask: ArrayLike<number>;
  readonly tokenAdvantages: ArrayLike<number>;
  /** Log-prob of token t given the tokens before it, nats; entry 0 is unused. */
  readonly logprobs: ArrayLike<number>;
  readonly refLogprobs: ArrayLike<number>;
  /** NaN: the current policy. */
  readonly old: ArrayLike<number>;
  readonly entropy: ArrayLike<number>;
  readonly turnOf: ArrayLike<number>;
  /** Micro-batch the sequence belongs to; decides for `bnpo` only. */
  readonly microBatch: number;
}

export interface ReferenceConfig extends ObjectiveSettings {
  readonly beta: number;
  /** Tokens, for `dr_grpo`. */
  readonly maxCompletionLength: number;
}

export interface ReferenceLoss {
  readonly loss: number;
  readonly clipFraction: number;
  /** d loss / d logprobs, per sequence and token. */
  readonly gradient: readonly Float64Array[];
}

type Values = readonly (readonly number[])[];

/** Step of the central differences; their error is of its square. */
const STEP = 1e-5;

export function referenceLoss(
  sequences: readonly ReferenceSequence[],
  config: ReferenceConfig,
): ReferenceLoss {
  const logprobs = sequences.map((s) => Array.from(s.logprobs));
  const moved = (i: number, t: number, by: number): Values =>
    logprobs.map((list, k) => (k === i ? list.map((value, u) => (u === t ? value + by : value)) : list));
  return {
    ...lossAt(sequences, config, logprobs),
    gradient: sequences.map((s, i) =>
      Float64Array.from(s.lossMask, (mask, t) => {
        if (!mask || t === 0) return 0;
        const at = (by: number) => lossAt(sequences, config, moved(i, t, by)).loss;
        return (at(STEP) - at(-STEP)) / (2 * STEP);
      }),
    ),
  };
}

/** @param now the log-probs that are differentiated; those of the sequences stand wherever a gradient is stopped. */
function lossAt(sequences: readonly ReferenceSequence[], config: ReferenceConfig, now: Values) {
  const trained = sequences.map((s) =>
    Array.from(s.lossMask, (mask, t) => (mask && t > 0 ? t : 0)).filter((t) => t > 0),
  );
  const least = entropyThreshold(sequences, trained, config.topEntropyQuantile);
  const total = trained.flat().length;
  let loss = 0;
  let clipped = 0;
  sequences.forEach((s, i) => {
    const tokens = trained[i] as number[];
    for (const t of tokens) {
      const span = tokens.filter((u) => sharesRatio(s, t, u, config));
      const ratioOf = (values: ArrayLike<number>) => {
        const logs = span.map((u) => {
          const old = s.old[u] as number;
          return (values[u] as number) - (Number.isNaN(old) ? (s.logprobs[u] as number) : old);
        });
        return Math.exp(logs.reduce((a, b) => a + b, 0) / span.length);
      };
      const logprob = now[i]?.[t] as number;
      const advantage = (s.entropy[t] as number) >= least ? (s.tokenAdvantages[t] as number) : 0;
      const term = tokenTerm(ratioOf(now[i] ?? []), ratioOf(s.logprobs), logprob, advantage, config);
      const gap = (s.refLogprobs[t] as number) - logprob;
      loss += tokenWeight(i, t) * (term.loss + config.beta * (Math.exp(gap) - gap - 1));
      clipped += Number(term.isClipped);
    }
  });
  return { loss, clipFraction: total === 0 ? 0 : clipped / total };

  function tokenWeight(i: number, t: number): number {
    const mine = (trained[i] as number[]).length;
    const isTrained = (k: number) => (trained[k] as number[]).length > 0;
    const count = sequences.filter((_, k) => isTrained(k)).length;
    const batch = sequences[i]?.microBatch;
    const alike = trained.filter((_, k) => sequences[k]?.microBatch === batch).flat().length;
    const batches = new Set(sequences.flatMap((s, k) => (isTrained(k) ? [s.microBatch] : []))).size;
    if (t === 0) return 0;
    switch (config.lossType) {
      case 'grpo':
      case 'sapo':
        return 1 / mine / count;
      case 'bnpo':
        return 1 / alike / batches;
      case 'dapo':
      case 'cispo':
        return 1 / total;
      case 'dr_grpo':
        return 1 / (count * config.maxCompletionLength);
    }
  }
}

function sharesRatio(s: ReferenceSequence, t: number, u: number, config: ReferenceConfig): boolean {
  switch (config.importanceSamplingLevel) {
    case 'token':
      return t === u;
    case 'turn':
      return s.turnOf[t] === s.turnOf[u];
    case 'sequence':
      return true;
  }
}

/** @param fixed the ratio with its gradient stopped */
function tokenTerm(
  ratio: number,
  fixed: number,
  logprob: number,
  advantage: number,
  config: ReferenceConfig,
): { loss: number; isClipped: boolean } {
  const { epsilonLow, epsilonHigh, delta, sapoTemperaturePos, sapoTemperatureNeg } = config;
  switch (config.lossType) {
    case 'cispo':
      return {
        loss: -Math.min(fixed, epsilonHigh) * advantage * logprob,
        isClipped: advantage !== 0 && fixed > epsilonHigh,
      };
    case 'sapo': {
      const temperature = advantage > 0 ? sapoTemperaturePos : sapoTemperatureNeg;
      const gate = 4 / temperature / (1 + Math.exp(-temperature * (ratio - 1)));
      return { loss: -gate * advantage, isClipped: false };
    }
    default: {
      const within = Math.min(Math.max(ratio, 1 - epsilonLow), 1 + epsilonHigh);
      const plain = delta > 0 ? Math.min(ratio, delta) : ratio;
      const isBeyond = delta > 0 && ratio > delta && advantage < 0;
      const isClipped = within * advantage < plain * advantage || isBeyond;
      return { loss: -Math.min(plain * advantage, within * advantage), isClipped };
    }
  }
}

/** As `torch.quantile`, over the trained tokens of all sequences. */
function entropyThreshold(sequences: readonly ReferenceSequence[], trained: Values, share: number): number {
  const all = sequences.flatMap((s, i) => (trained[i] ?? []).map((t) => s.entropy[t] as number));
  if (share >= 1 || all.length === 0) return -Infinity;
  all.sort((a, b) => a - b);
  const place = (1 - share) * (all.length - 1);
  const [low, high] = [all[Math.floor(place)] as number, all[Math.ceil(place)] as number];
  return low + (high - low) * (place % 1);
}
