/** The verify contract: loss, log-probs and adapter gradients of a given batch, through the production path. */
import type { TrainablePolicy } from '../engine/types';
import type { HostTensors } from '../formats/tensors';
import type { Forest } from '../tokens/types';
import { IMPORTANCE_SAMPLING_LEVELS, type ImportanceSamplingLevel } from '../settings/objective';
import { buildForest } from '../tokens/forest';
import { buildLossRows, scatterRows } from './loss-rows';
import { lossConfig } from './loss-config';
import { boundedExp } from './objectives/bounded-exp';
import { openObjective, type PreparedStep, type StepSequence } from './objectives/prepare';
import { OBJECTIVE_NAMES } from './objectives/registry';
import { supervisedTokens } from './objectives/supervised';
import type { ObjectiveName, ObjectiveSettings } from './objectives/types';
import { onlyScored, scoreParts } from './step-parts';
import { TrainingError } from '../errors/training';
import type { BatchProblem } from '../errors/texts/en/training/verify';
import { trajectoryWeights } from './weights';

/** `batch.json` as independent checks write it. */
export interface VerifyBatch {
  readonly loss_type: ObjectiveName;
  /** `token` where not given. */
  readonly importance_sampling_level?: ImportanceSamplingLevel;
  /** 0, no such bound, where not given. */
  readonly delta?: number;
  /** 1 and 1.05 where not given. */
  readonly sapo_temperature_pos?: number;
  readonly sapo_temperature_neg?: number;
  /** 1 where not given. */
  readonly top_entropy_quantile?: number;
  /** 0 where not given. */
  readonly entropy_coef?: number;
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
    /** For `loss_type: supervised`, whose tokens all weigh 1 where not given. */
    readonly token_weights?: readonly number[];
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
  const fail = (problem: BatchProblem): never => {
    throw TrainingError.of('training/verify-batch', { problem });
  };
  if (typeof json !== 'object' || json === null) return fail('no-object');
  const batch = json as Record<string, unknown>;
  const needed = ['beta', 'epsilon_low', 'epsilon_high', 'temperature', 'max_completion_length'];
  const optional = [
    'delta',
    'sapo_temperature_pos',
    'sapo_temperature_neg',
    'top_entropy_quantile',
    'entropy_coef',
  ];
  for (const name of [...needed, ...optional.filter((key) => batch[key] !== undefined)]) {
    if (typeof batch[name] !== 'number' || !Number.isFinite(batch[name]))
      fail({ field: name, needs: 'number', found: String(batch[name]) });
  }
  const choose = (name: string, among: readonly string[]) => {
    if (!among.includes(batch[name] as string))
      fail({ field: name, needs: { among }, found: String(batch[name]) });
  };
  choose('loss_type', OBJECTIVE_NAMES);
  if (batch.importance_sampling_level !== undefined)
    choose('importance_sampling_level', IMPORTANCE_SAMPLING_LEVELS);
  if (!((batch.temperature as number) > 0))
    fail({ field: 'temperature', needs: 'positive', found: String(batch.temperature) });
  if (!Array.isArray(batch.sequences) || batch.sequences.length === 0)
    fail({ field: 'sequences', needs: 'list', found: null });
  (batch.sequences as (Record<string, unknown> | null)[]).forEach((s, i) => {
    if (typeof s !== 'object' || s === null)
      return fail({ field: `sequences[${i}]`, needs: 'object', found: null });
    const length = Array.isArray(s.input_ids) ? s.input_ids.length : 0;
    if (length === 0) fail({ field: `sequences[${i}].input_ids`, needs: 'list', found: null });
    const lists = ['input_ids', 'loss_mask', 'old_logprobs', 'token_weights'];
    for (const name of lists.slice(0, s.token_weights === undefined ? 3 : 4)) {
      const list = s[name];
      if (!Array.isArray(list) || list.length !== length || list.some((x) => typeof x !== 'number')) {
        fail({ field: `sequences[${i}].${name}`, needs: { numbers: length }, found: null });
      }
    }
    const above = (s.old_logprobs as number[]).findIndex((old) => old > 0);
    if (above >= 0) {
      fail({
        field: `sequences[${i}].old_logprobs`,
        needs: { logProbsAbove: above },
        found: String((s.old_logprobs as number[])[above]),
      });
    }
    if (!(s.input_ids as number[]).every((id) => Number.isInteger(id) && id >= 0)) {
      fail({ field: `sequences[${i}].input_ids`, needs: 'token-ids', found: null });
    }
    if (typeof s.advantage !== 'number')
      fail({ field: `sequences[${i}].advantage`, needs: 'number', found: null });
  });
  return json as VerifyBatch;
}

export async function verifyBatch(
  policy: TrainablePolicy,
  batch: VerifyBatch,
): Promise<{ result: VerifyResult; gradients: HostTensors }> {
  const { sequences, temperature } = batch;
  const { forest, nodeOf } = buildForest(sequences.map((s) => ({ ids: s.input_ids })));
  const given = stepSequences(batch);
  const settings = settingsOf(batch);
  // What the name says, where it is not one that a run's settings know.
  const objective = openObjective(settings, batch.loss_type);
  let prepared: PreparedStep | null = null;
  if (objective.needs === 'scores') {
    const all = { members: sequences.map((_, i) => i), forest, nodeOf };
    prepared = objective.prepare(given, await scoreParts(policy, [all], given, temperature));
  }
  const { rows } = buildLossRows(forest, nodeOf, prepared?.sequences ?? given);
  policy.zeroGradient();
  const out = await policy.accumulate(forest, rows, {
    ...lossConfig({ ...settings, beta: batch.beta, entropyCoef: batch.entropy_coef ?? 0, temperature }),
    term: objective.term,
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
      if (given[i]?.lossMask[t] !== 1) return;
      const logp = logprobs[i]?.[t] as number;
      trained++;
      const gap = (refLogprobs[i]?.[t] as number) - logp;
      // Not `k3`, whose last bit differs: results of one batch stay the same bytes over versions.
      kl += boundedExp(gap) - gap - 1;
      const isClipped =
        prepared === null
          ? objective.clips(logp - (s.old_logprobs[t] as number), s.advantage)
          : prepared.clipped[i]?.[t] === 1;
      if (isClipped) clipped++;
    });
  });
  let squares = 0;
  for (const { data } of gradients.values()) for (const g of data) squares += g * g;
  return {
    gradients,
    result: {
      loss: out.loss + (prepared?.policyLoss ?? 0),
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

/** The sequences with weights and turns; a turn is a run of trained tokens. */
function stepSequences(batch: VerifyBatch): StepSequence[] {
  const { sequences, loss_type, max_completion_length } = batch;
  const masks = sequences.map((s) => Uint8Array.from(s.loss_mask, (m, t) => (t > 0 && m !== 0 ? 1 : 0)));
  const turns = masks.map((mask) => {
    let turn = 0;
    return mask.map((trained, t) => (trained === 1 && mask[t - 1] === 0 ? ++turn : turn));
  });
  if (loss_type === 'supervised') {
    const experts = sequences.map(({ token_weights: tokenWeights }, i) => ({
      lossMask: masks[i] as Uint8Array,
      ...(tokenWeights === undefined ? {} : { tokenWeights }),
    }));
    return supervisedTokens(experts).map((tokens, i) => ({ ...tokens, turnOf: turns[i] as Uint8Array }));
  }
  const weights = trajectoryWeights(
    masks.map((lossMask) => ({ lossMask, microBatch: 0 })),
    loss_type,
    max_completion_length,
  );
  return sequences.map((s, i) => ({
    lossMask: masks[i] as Uint8Array,
    tokenAdvantages: new Float32Array(s.input_ids.length).fill(s.advantage),
    old: s.old_logprobs,
    tokenWeights: new Float64Array(s.input_ids.length).fill(weights[i] as number),
    turnOf: turns[i] as Uint8Array,
  }));
}

function settingsOf(batch: VerifyBatch): ObjectiveSettings {
  return {
    // A warm start reads no setting; any name stands for it.
    lossType: batch.loss_type === 'supervised' ? 'dapo' : batch.loss_type,
    epsilonLow: batch.epsilon_low,
    epsilonHigh: batch.epsilon_high,
    delta: batch.delta ?? 0,
    sapoTemperaturePos: batch.sapo_temperature_pos ?? 1,
    sapoTemperatureNeg: batch.sapo_temperature_neg ?? 1.05,
    importanceSamplingLevel: batch.importance_sampling_level ?? 'token',
    topEntropyQuantile: batch.top_entropy_quantile ?? 1,
  };
}

/** Untrained positions are not part of the loss; this reads the log-probs of all of them. */
function scoreEveryToken(
  policy: TrainablePolicy,
  forest: Forest,
  nodeOf: readonly Int32Array[],
  temperature: number,
): (adapter: boolean) => Promise<Float32Array[]> {
  const everything = nodeOf.map((nodes) => onlyScored(new Uint8Array(nodes.length).fill(1)));
  const { rows, rowOf } = buildLossRows(forest, nodeOf, everything);
  return async (adapter) => scatterRows(rowOf, await policy.score(forest, rows, { adapter, temperature }), 0);
}
