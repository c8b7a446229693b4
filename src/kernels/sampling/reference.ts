/** What the sampling kernel draws, in float64 on the CPU and written from the definitions; the yardstick of its tests. */
import { philox4x32 } from '../../random/philox';
import type { DrawParams } from './sampling';

export interface DrawKey {
  readonly step: number;
  readonly group: number;
  readonly rollout: number;
  readonly position: number;
}

export interface ReferenceDraw {
  readonly id: number;
  /** log p(id) at the temperature, nats. */
  readonly logprob: number;
  /** The same among the kept tokens only. */
  readonly keptLogprob: number;
  readonly kept: readonly number[];
  /** Score of the winner above the next best: below float32's precision, a kernel may choose otherwise. */
  readonly margin: number;
}

/** Standard Gumbel noise of one token, from 24 random bits. */
export function gumbelNoise(token: number, key: DrawKey, seed: number, stream: number): number {
  const counter = [token >>> 2, key.position, key.group * 65536 + key.rollout, key.step] as const;
  const bits = philox4x32(counter, [seed >>> 0, stream >>> 0])[token & 3] as number;
  return -Math.log(-Math.log1p(-((bits >>> 8) + 0.5) / 0x1000000));
}

/** Tokens that top-k, top-p (the smallest set of the likeliest with that mass) and min-p all keep; ties stay together. */
export function keptTokens(
  probabilities: readonly number[],
  params: Pick<DrawParams, 'topK' | 'topP' | 'minP'>,
): number[] {
  const sorted = probabilities.slice().sort((a, b) => b - a);
  const top = sorted[0] as number;
  const kth = params.topK > 0 ? (sorted[Math.min(params.topK, sorted.length) - 1] as number) : 0;
  let mass = 0;
  const nucleus = params.topP < 1 ? (sorted.find((p) => (mass += p) >= params.topP) ?? 0) : 0;
  const least = Math.max(kth, nucleus, params.minP * top);
  return probabilities.flatMap((p, token) => (p >= least ? [token] : []));
}

export function referenceDraw(logits: ArrayLike<number>, key: DrawKey, params: DrawParams): ReferenceDraw {
  const greedy = params.temperature === 0;
  const z = Array.from(logits, (logit) => (greedy ? logit : logit / params.temperature));
  const top = z.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = z.reduce((sum, value) => sum + Math.exp(value - top), 0);
  const probabilities = z.map((value) => Math.exp(value - top) / total);
  const kept = greedy ? z.map((_, token) => token) : keptTokens(probabilities, params);
  const scores = kept.map((token) => {
    const value = z[token] as number;
    return greedy ? value : value + gumbelNoise(token, key, params.seed, params.stream);
  });
  const best = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const at = scores.indexOf(best);
  const id = kept[at] as number;
  const logprob = (z[id] as number) - top - Math.log(total);
  const keptMass = kept.reduce((sum, token) => sum + (probabilities[token] as number), 0);
  const next = scores.reduce((most, score, i) => (i === at ? most : Math.max(most, score)), -Infinity);
  return { id, logprob, keptLogprob: logprob - Math.log(keptMass), kept, margin: best - next };
}
