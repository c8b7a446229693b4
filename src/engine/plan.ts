/**
 * What a run will need of the GPU, found out before it starts by rehearsing it on a recorder that computes nothing:
 * no list of programs and no table of sizes is kept by hand.
 */
import type { Gpu } from '../kernels/gpu';
import { MemoryLedger } from '../kernels/memory-ledger';
import type { Program } from '../kernels/program';
import { buildForest } from '../tokens/forest';
import { storageUnits } from './model/units';
import { GpuPolicy, type PolicyOptions, type Training } from './gpu-policy';
import { layerAttention } from './model/features';
import { mostPromptRows } from './sample/sampler';
import type { AdamWParams, LossConfig, LossRows, ModelConfig, SamplingParams } from './types';
import { PolicyError } from '../errors/policy';
import type { TokenId } from '../tokens/types';

/** How a run uses its policy. */
export interface PlannedUse {
  /** Most tokens of one forward and backward pass. */
  readonly tokens: number;
  /** Most tokens of a sequence. */
  readonly maxSeqLength: number;
  /** Null where nothing is trained. */
  readonly loss: LossConfig | null;
  /** Null where nothing is sampled. */
  readonly sampling: PlannedSampling | null;
}

export interface PlannedSampling {
  /** Prompts of calls that the run will make: ids per sequence. */
  readonly calls: readonly (readonly (readonly TokenId[])[])[];
  /** Tokens of the longest prompt of all, where later calls are as the first but for their prompts. */
  readonly longestPrompt?: number;
  /** Every setting that is drawn with. */
  readonly params: readonly SamplingParams[];
  readonly stopIds: readonly TokenId[];
}

export interface PolicyPlan extends MemoryPlan {
  readonly programs: readonly Program[];
}

/** Bytes of GPU buffers. */
export interface MemoryPlan {
  /** Most of all together, at the worst moment. */
  readonly peakBytes: number;
  /** Of the frozen weights. */
  readonly weights: number;
  /** Of what is trained: parameters, gradient, moments, and the reference of KL. */
  readonly trained: number;
  /** Keys and values of sequences that are being sampled, at most. */
  readonly cache: number;
  /** What passes and sampling hold beside these, at most. Not at the time of the largest cache, as a rule. */
  readonly activations: number;
}

const TRAINED = new Set(['parameters', 'gradient', 'first moment', 'second moment', 'reference adapter']);

/** Lengths on both sides of every border at which kernels change their tiles. */
const LENGTHS = [2, 3, 7, 9, 17, 33, 65, 300];
const ADAMW: AdamWParams = {
  learningRate: 0,
  beta1: 0,
  beta2: 0,
  eps: 1,
  weightDecay: 0,
  maxGradNorm: 1,
};

/** @param gpu the recorder that the run will use; nothing is computed or allocated on it */
export async function planPolicy(
  gpu: Gpu,
  config: ModelConfig,
  training: Training,
  use: PlannedUse,
  options: PolicyOptions = {},
): Promise<PolicyPlan> {
  const programs = await planPrograms(gpu, config, training, use, options);
  return { programs, ...(await planMemory(gpu, config, training, use, options)) };
}

/** The programs of {@link planPolicy} alone. */
export async function planPrograms(
  gpu: Gpu,
  config: ModelConfig,
  training: Training,
  use: PlannedUse,
  options: PolicyOptions = {},
): Promise<PolicyPlan['programs']> {
  // Layers of a kind are alike, so few of them show every program; all of them count for the bytes.
  const short = shortened(config);
  const programs = gpu.planning();
  await rehearse(programs, short, training, use, options, [...LENGTHS, use.tokens]);
  return programs.programs;
}

/** The bytes of {@link planPolicy} alone, for trying what would fit. */
export async function planMemory(
  gpu: Gpu,
  config: ModelConfig,
  training: Training,
  use: PlannedUse,
  options: PolicyOptions = {},
): Promise<MemoryPlan> {
  const weights = new Set(storageUnits(config).map(({ key }) => key));
  const ledger = new MemoryLedger((label) => {
    if (TRAINED.has(label)) return 'trained';
    if (label.startsWith('key/value')) return 'cache';
    return weights.has(label) ? 'weights' : 'activations';
  });
  const whole = gpu.planning(ledger);
  await rehearse(whole, config, training, use, options, [use.tokens]);
  return {
    peakBytes: whole.memory.peakBytes,
    weights: ledger.peakBytes('weights'),
    trained: ledger.peakBytes('trained'),
    cache: ledger.peakBytes('cache'),
    activations: ledger.peakBytes('activations'),
  };
}

/** A model with one layer of each kind, and the last, which is computed for fewer rows. */
function shortened(config: ModelConfig): ModelConfig {
  const attention = Array.from({ length: config.layers }, (_, layer) => layerAttention(config, layer));
  const kinds = new Map(attention.slice(0, -1).map((layer) => [JSON.stringify(layer), layer]));
  const few = [...kinds.values(), ...attention.slice(-1)];
  return { ...config, layers: few.length, attention: few };
}

async function rehearse(
  gpu: Gpu,
  config: ModelConfig,
  training: Training,
  use: PlannedUse,
  options: PolicyOptions,
  lengths: readonly number[],
): Promise<void> {
  const policy = new GpuPolicy(gpu, config, null, training, options);
  const maxSeqLength = Math.min(use.maxSeqLength, config.maxPositions);
  if (use.sampling !== null) {
    await rehearseSampling(policy, maxSeqLength, use.sampling);
    const fullest = fullestCall(use.sampling, mostPromptRows(gpu, config));
    await sampleAll(policy, maxSeqLength, use.sampling, fullest).catch((error: unknown) => {
      // Prompts that leave the cache no room are refused if ever they come, which is no reason to refuse the run.
      if (!(error instanceof PolicyError && error.code === 'policy/sampling-room')) throw error;
    });
  }
  const { loss } = use;
  if (loss !== null) {
    for (const tokens of lengths) {
      const { forest, rows } = chains(Math.max(2, Math.floor(tokens)), maxSeqLength);
      // Half of the tokens trained, more than masks leave, and all of them: the last layer takes other ways.
      for (const some of [firstOf(rows, Math.ceil(rows.count / 2)), rows]) {
        for (const beta of new Set([0, loss.beta])) await policy.accumulate(forest, some, { ...loss, beta });
        await policy.score(forest, some, { adapter: true, temperature: loss.temperature });
      }
    }
    await policy.update(ADAMW);
  }
  policy.dispose();
}

async function rehearseSampling(
  policy: GpuPolicy,
  maxSeqLength: number,
  sampling: PlannedSampling,
): Promise<void> {
  // One and two sequences have kernels of their own, and every larger call ends with few.
  const [first = []] = sampling.calls;
  for (const prompts of [first.slice(0, 1), first.slice(0, 2), ...sampling.calls]) {
    await sampleAll(policy, maxSeqLength, sampling, prompts);
  }
}

/** One call with every setting. */
async function sampleAll(
  policy: GpuPolicy,
  maxSeqLength: number,
  { params, stopIds }: PlannedSampling,
  prompts: Prompts,
): Promise<void> {
  const requests = prompts.map((promptIds, i) => ({
    // Which stream draws is all the same here, but all sequences of a step may be more than there are groups.
    key: { step: 0, group: i % 65_536, rollout: Math.floor(i / 65_536) },
    promptIds: promptIds.slice(0, maxSeqLength - 1),
  }));
  for (const one of params) {
    let turns = 0;
    await policy.sample(requests, {
      params: one,
      stopIds,
      maxTurnTokens: 2,
      maxSeqLength,
      // One turn goes on with a chunk.
      onTurn: (_, __, length) => (length + 8 < maxSeqLength && ++turns === 1 ? [0, 0] : null),
    });
  }
}

type Prompts = PlannedSampling['calls'][number];

/**
 * The first call with other prompts: with as many distinct tokens as a pass takes, since more are computed in smaller
 * pieces; with all that prompts can have, where these are fewer. Empty where there are no later calls, or one prompt alone
 * is too long for a pass.
 * @param most tokens of a pass
 */
function fullestCall({ calls, longestPrompt }: PlannedSampling, most: number): Prompts {
  const [first = []] = calls;
  const lengths = first.map(({ length }) => length);
  const shortest = Math.min(...lengths);
  if (longestPrompt === undefined || first.length === 0 || shortest > most) return [];
  const longest = Math.max(longestPrompt, ...lengths);
  const distinct = new Set(first.map((ids) => ids.join())).size;
  const common = commonLength(calls.flat());
  const tokens = Math.min(most, common + distinct * (longest - common));
  if (distinct === 1) return first.map(() => new Array<TokenId>(tokens).fill(0));
  // One prompt stays the shortest, which leaves the most room behind it; the others share the rest evenly.
  const own = Math.max(1, Math.floor((tokens - shortest) / (distinct - 1)));
  const length = Math.max(shortest, own);
  const prompts = Array.from({ length: distinct }, (_, i) => {
    const ids = new Array<TokenId>(i === 0 ? shortest : length).fill(0);
    // No id is looked up; from here on this prompt is unlike the others.
    ids[length - own] = i + 1;
    return ids;
  });
  return first.map((_, i) => prompts[i % distinct] as TokenId[]);
}

/** Tokens with which all begin. */
function commonLength([first = [], ...others]: Prompts): number {
  const differs = first.findIndex((id, at) => others.some((other) => other[at] !== id));
  return differs < 0 ? first.length : differs;
}

function firstOf(rows: LossRows, count: number): LossRows {
  const { predictor, target, old, pos, neg, weight } = rows;
  const cut = <T extends Int32Array | Float32Array>(data: T) => data.subarray(0, count) as T;
  return {
    count,
    predictor: cut(predictor),
    target: cut(target),
    old: cut(old),
    pos: cut(pos),
    neg: cut(neg),
    weight: cut(weight),
  };
}

/** `tokens` tokens in sequences of at most `length`, of which every one but the first is trained. */
function chains(tokens: number, length: number) {
  const sequences: { ids: number[] }[] = [];
  for (let left = tokens; left > 0; left -= length) {
    sequences.push({ ids: new Array<number>(Math.min(left, length)).fill(0) });
  }
  // Roots that differ keep the sequences apart; no id is looked up.
  sequences.forEach(({ ids }, i) => (ids[0] = i));
  const { forest } = buildForest(sequences);
  const count = forest.n - 1;
  const rows: LossRows = {
    count,
    predictor: Int32Array.from({ length: count }, (_, i) => i),
    target: new Int32Array(count),
    old: new Float32Array(count),
    pos: new Float32Array(count),
    neg: new Float32Array(count),
    weight: new Float32Array(count),
  };
  return { forest, rows };
}
