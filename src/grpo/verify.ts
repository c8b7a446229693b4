/** The verify contract: loss, log-probs and adapter gradients of a given batch, through the production path. */
import type { HostTensors, TrainablePolicy } from '../engine/types';
import type { Forest } from '../tokens/types';
import { buildForest } from '../tokens/forest';
import { buildLossRows, scatterRows } from './loss-rows';
import { TrainingError } from './types';
import { LOSS_TYPES, type LossType } from '../settings/choices';
import { trajectoryWeights } from './weights';

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
    if (typeof batch[name] !== 'number' || !Number.isFinite(batch[name]))
      fail(`${name} must be a number, found ${String(batch[name])}`);
  }
  if (!LOSS_TYPES.includes(batch.loss_type as LossType)) {
    fail(`loss_type must be one of ${LOSS_TYPES.join(', ')}, found ${String(batch.loss_type)}`);
  }
  if (!((batch.temperature as number) > 0))
    fail(`temperature must be above 0, found ${String(batch.temperature)}`);
  if (!Array.isArray(batch.sequences) || batch.sequences.length === 0)
    fail('sequences must be a non-empty list');
  (batch.sequences as (Record<string, unknown> | null)[]).forEach((s, i) => {
    if (typeof s !== 'object' || s === null) return fail(`sequences[${i}] must be an object`);
    const length = Array.isArray(s.input_ids) ? s.input_ids.length : 0;
    if (length === 0) fail(`sequences[${i}].input_ids must be a non-empty list`);
    for (const name of ['input_ids', 'loss_mask', 'old_logprobs']) {
      const list = s[name];
      if (!Array.isArray(list) || list.length !== length || list.some((x) => typeof x !== 'number')) {
        fail(`sequences[${i}].${name} must hold ${length} numbers`);
      }
    }
    if (!(s.input_ids as number[]).every((id) => Number.isInteger(id) && id >= 0)) {
      fail(`sequences[${i}].input_ids must hold token ids`);
    }
    if (typeof s.advantage !== 'number') fail(`sequences[${i}].advantage must be a number`);
  });
  return json as VerifyBatch;
}

export async function verifyBatch(
  policy: TrainablePolicy,
  batch: VerifyBatch,
): Promise<{ result: VerifyResult; gradients: HostTensors }> {
  const { sequences } = batch;
  const { forest, nodeOf } = buildForest(sequences.map((s) => ({ ids: s.input_ids })));
  const masks = sequences.map((s) => Uint8Array.from(s.loss_mask, (m, t) => (t > 0 && m !== 0 ? 1 : 0)));
  const weights = trajectoryWeights(
    masks.map((lossMask) => ({ lossMask, microBatch: 0 })),
    batch.loss_type,
    batch.max_completion_length,
  );
  const { rows } = buildLossRows(
    forest,
    nodeOf,
    sequences.map((s, i) => ({
      lossMask: masks[i] as Uint8Array,
      tokenAdvantages: new Float32Array(s.input_ids.length).fill(s.advantage),
      old: s.old_logprobs,
      tokenWeights: new Float64Array(s.input_ids.length).fill(weights[i] as number),
    })),
  );
  policy.zeroGradient();
  const out = await policy.accumulate(forest, rows, {
    epsilonLow: batch.epsilon_low,
    epsilonHigh: batch.epsilon_high,
    beta: batch.beta,
    temperature: batch.temperature,
    entropyCoef: 0,
  });
  const gradients = await policy.readGradients();
  policy.zeroGradient();
  const score = scoreEveryToken(policy, forest, nodeOf, batch.temperature);
  const logprobs = await score(true);
  const refLogprobs = await score(false);
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

/** Untrained positions are not part of the loss; this reads the log-probs of all of them. */
function scoreEveryToken(
  policy: TrainablePolicy,
  forest: Forest,
  nodeOf: readonly Int32Array[],
  temperature: number,
): (adapter: boolean) => Promise<Float32Array[]> {
  const { rows, rowOf } = buildLossRows(
    forest,
    nodeOf,
    nodeOf.map((nodes) => ({
      lossMask: new Uint8Array(nodes.length).fill(1),
      tokenAdvantages: new Float32Array(nodes.length),
      old: new Float32Array(nodes.length),
      tokenWeights: new Float32Array(nodes.length),
    })),
  );
  return async (adapter) => scatterRows(rowOf, await policy.score(forest, rows, { adapter, temperature }), 0);
}
