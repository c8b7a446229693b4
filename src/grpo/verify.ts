/** The verify contract: loss, log-probs and adapter gradients of a given batch, through the production path. */
import type { HostTensors, LossRows, TrainablePolicy } from '../policy/types';
import { buildForest } from './forest';
import { buildLossRows, scatterRows } from './loss-rows';
import { LOSS_TYPES, type LossType, TrainingError } from './types';
import { trajectoryWeights } from './weights';
export { type LossRows };

/** `batch.json` as independent checks write it. */
export interface VerifyBatch {
  readonly loss_type: LossType;
  readonly beta: number;
  readonly epsilon_low: number;
  readonly epsilon_high: number;
  readonly temperature: number;
  readonly max_completion_length: number;
  readonly sequences: readonly {
    readonly group: number;
    readonly input_ids: readonly number[];
    readonly loss_mask: readonly number[];
    readonly advantage: number;
    readonly old_logprobs: readonly number[];
  }[];
}

/** `result.json`. Log-probs in nats; position 0 of each sequence is 0. */
export interface VerifyResult {
  readonly loss: number;
  readonly kl: number;
  readonly clip_fraction: number;
  readonly trainable_tokens: number;
  readonly total_tokens: number;
  readonly forest_tokens: number;
  readonly grad_norm: number;
  readonly logprobs: readonly (readonly number[])[];
  readonly ref_logprobs: readonly (readonly number[])[];
}

/** @throws TrainingError naming the first field that is not as described. */
export function parseVerifyBatch(json: unknown): VerifyBatch {
  const fail = (what: string): never => {
    throw new TrainingError(`The batch file is not usable: ${what}.`);
  };
  if (typeof json !== 'object' || json === null) return fail('it is not a JSON object');
  const batch = json as Record<string, unknown>;
  for (const name of ['beta', 'epsilon_low', 'epsilon_high', 'temperature', 'max_completion_length']) {
    if (typeof batch[name] !== 'number' || !Number.isFinite(batch[name])) fail(`${name} must be a number, found ${String(batch[name])}`);
  }
  if (!LOSS_TYPES.includes(batch.loss_type as LossType)) {
    fail(`loss_type must be one of ${LOSS_TYPES.join(', ')}, found ${String(batch.loss_type)}`);
  }
  if (!(batch.temperature as number > 0)) fail(`temperature must be above 0, found ${String(batch.temperature)}`);
  if (!Array.isArray(batch.sequences) || batch.sequences.length === 0) fail('sequences must be a non-empty list');
  (batch.sequences as Record<string, unknown>[]).forEach((s, i) => {
    const length = Array.isArray(s.input_ids) ? s.input_ids.length : 0;
    if (length === 0) fail(`sequences[${i}].input_ids must be a non-empty list`);
    for (const name of ['input_ids', 'loss_mask', 'old_logprobs']) {
      const list = s[name];
      if (!Array.isArray(list) || list.length !== length || list.some((x) => typeof x !== 'number')) {
        fail(`sequences[${i}].${name} must hold ${length} numbers`);
      }
    }
    if (typeof s.advantage !== 'number') fail(`sequences[${i}].advantage must be a number`);
  });
  return json as VerifyBatch;
}

/** Every token after the first of every sequence as a row of its own weight, to read log-probs of all positions. */
export async function verifyBatch(
  policy: TrainablePolicy,
  batch: VerifyBatch,
): Promise<{ result: VerifyResult; gradients: HostTensors }> {
  const { sequences } = batch;
  const { forest, nodeOf } = buildForest(sequences.map((s) => ({ ids: s.input_ids })));
  const masks = sequences.map((s) => Uint8Array.from(s.loss_mask, (m, t) => (t > 0 && m !== 0 ? 1 : 0)));
  const weights = trajectoryWeights(
    masks.map((lossMask) => ({ lossMask })),
    batch.loss_type,
    batch.max_completion_length,
  );
  const built = buildLossRows(
    forest,
    nodeOf,
    sequences.map((s, i) => ({
      ids: s.input_ids,
      lossMask: masks[i] as Uint8Array,
      tokenAdvantages: new Float32Array(s.input_ids.length).fill(s.advantage),
      old: Float32Array.from(s.old_logprobs),
      weight: weights[i] as number,
    })),
  );
  policy.zeroGradient();
  const loss = {
    epsilonLow: batch.epsilon_low,
    epsilonHigh: batch.epsilon_high,
    beta: batch.beta,
    temperature: batch.temperature,
    entropyCoef: 0,
  };
  const out = await policy.accumulate(forest, built.rows, loss);
  const gradients = await policy.readGradients();
  policy.zeroGradient();
  // Untrained positions are not part of the loss, so their log-probs are read by scoring every token.
  const every = sequences.map((s) => ({
    ids: s.input_ids,
    lossMask: Uint8Array.from(s.input_ids, (_, t) => (t > 0 ? 1 : 0)),
    tokenAdvantages: new Float32Array(s.input_ids.length),
    old: new Float32Array(s.input_ids.length),
    weight: 0,
  }));
  const all = buildLossRows(forest, nodeOf, every);
  const { temperature } = batch;
  const logprobs = scatterRows(all, await policy.score(forest, all.rows, { adapter: true, temperature }));
  const refLogprobs = scatterRows(all, await policy.score(forest, all.rows, { adapter: false, temperature }));
  let trained = 0;
  let kl = 0;
  let clipped = 0;
  sequences.forEach((s, i) => {
    s.input_ids.forEach((_, t) => {
      if (masks[i]?.[t] !== 1) return;
      const logp = logprobs[i]?.[t] as number;
      const gap = (refLogprobs[i]?.[t] as number) - logp;
      const ratio = Math.exp(logp - (s.old_logprobs[t] as number));
      const bounded = Math.min(Math.max(ratio, 1 - batch.epsilon_low), 1 + batch.epsilon_high);
      trained++;
      kl += Math.exp(gap) - gap - 1;
      if (ratio * s.advantage > bounded * s.advantage) clipped++;
    });
  });
  let squares = 0;
  for (const { data } of gradients.values()) for (const g of data) squares += g * g;
  return {
    gradients,
    result: {
      loss: out.loss,
      kl: trained === 0 ? 0 : kl / trained,
      clip_fraction: trained === 0 ? 0 : clipped / trained,
      trainable_tokens: trained,
      total_tokens: sequences.reduce((sum, s) => sum + s.input_ids.length, 0),
      forest_tokens: forest.n,
      grad_norm: Math.sqrt(squares),
      logprobs: logprobs.map((row) => Array.from(row)),
      ref_logprobs: refLogprobs.map((row) => Array.from(row)),
    },
  };
}
