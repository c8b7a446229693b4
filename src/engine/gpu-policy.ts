/** The policy on the GPU: base weights, adapter (or all weights) with optimiser state, sampling and training. */
import { embedGradient } from '../kernels/embedding/embedding';
import type { Gpu, Slice } from '../kernels/gpu';
import type { CacheType, WeightFormat } from '../settings/choices';
import { scatterRows } from '../kernels/reduce/scatter';
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from '../kernels/rms-norm/rms-norm';
import { rowLoss } from '../kernels/vocabulary/row-loss';
import {
  vocabularyGradient,
  vocabularyLogProbs,
  vocabularyLogProbsKept,
  type VocabularyOutputs,
} from '../kernels/vocabulary/vocabulary';
import { GenerationSession } from './transformers/generation-session';
import {
  checkForest,
  forestSight,
  forestTokens,
  freeRows,
  prepareRows,
  type PreparedRows,
  unsort,
} from './pass/forest-pass';
import { projectRows } from './pass/project-rows';
import { Sampler } from './sample/sampler';
import { type ActiveAdapter, keptElements, type TokenRows, Trunk } from './pass/trunk';
import {
  type AdamWParams,
  type LoraConfig,
  type LossConfig,
  type LossResult,
  type LossRows,
  type ModelConfig,
  type OptimizerState,
  type SampledSequence,
  type SampleOptions,
  type SequenceRequest,
  type TokenScores,
  type TrainablePolicy,
} from './types';
import { PolicyError } from '../errors/policy';
import { type HostTensors } from '../formats/tensors';
import { type Forest } from '../tokens/types';
import { BaseWeights, type ModelWeights, uploadWeights, weightSlices } from './weights/weights-gpu';
import { TrainedState, type Training } from './trained-state';

export type { Training };

/** What the backward pass needs of a layer is kept, or computed again from the layer's input. Gradients are equal bit for bit. */
export const RECOMPUTE = ['none', 'layer', 'auto'] as const;
export type Recompute = (typeof RECOMPUTE)[number];

export interface PolicyOptions {
  /** `auto`, the default: of the first layers, where `keptBytes` do not hold all. */
  readonly recompute?: Recompute;
  /** Most bytes that a forward pass keeps of its layers for the backward pass; default {@link DEFAULT_KEPT_BYTES}. */
  readonly keptBytes?: number;
  /** Most bytes of keys and values while sampling; see `Sampler`. */
  readonly cacheBytes?: number;
  /** How these are kept; f32 by default. */
  readonly cacheType?: CacheType;
  /** How frozen weights are kept on the GPU; f32 by default. See `unitFormat`. */
  readonly baseWeights?: WeightFormat;
}

/** Most logits of one projection, in elements. */
const MAX_LOGITS = 8 * 1024 * 1024;

/** What a forward pass keeps for its backward pass before layers are rather computed twice. */
export const DEFAULT_KEPT_BYTES = 512 * 1024 ** 2;

export class GpuPolicy implements TrainablePolicy {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | null;
  readonly #gpu: Gpu;
  readonly #weights: ModelWeights;
  readonly #ownedWeights: readonly Slice[];
  readonly #trunk: Trunk;
  readonly #sampler: Sampler;
  readonly #trained: TrainedState;
  readonly #recompute: Recompute;
  readonly #keptBytes: number;
  #adapterEnabled = true;
  /** Counts how often the adapter was switched on and off. */
  #switches = 0;

  /**
   * @param base the model's tensors; weights that are on the GPU already and stay somebody else's; or null for weights
   *   without content, on a recorder that only plans (`plan.ts`)
   */
  constructor(
    gpu: Gpu,
    config: ModelConfig,
    base: HostTensors | BaseWeights | null,
    training: Training,
    options: PolicyOptions = {},
  ) {
    this.#gpu = gpu;
    this.config = config;
    this.lora = training.kind === 'adapter' ? training.lora : null;
    this.#recompute = options.recompute ?? 'auto';
    this.#keptBytes = options.keptBytes ?? DEFAULT_KEPT_BYTES;
    const { baseWeights = 'f32' } = options;
    const isFull = training.kind === 'full';
    if (isFull && baseWeights !== 'f32') throw PolicyError.of('policy/full-packed', { baseWeights });
    const isShared = base instanceof BaseWeights;
    this.#trained = new TrainedState(gpu, config, training, base);
    this.#weights =
      this.#trained.weights ?? (isShared ? base.weights : uploadWeights(gpu, config, base, baseWeights));
    this.#ownedWeights = isFull || isShared ? [] : weightSlices(this.#weights);
    this.#trunk = new Trunk(gpu, config, this.#weights);
    this.#sampler = new Sampler(gpu, config, this.#trunk, this.#weights, options);
  }

  get memory(): { bytes: number; peakBytes: number } {
    return this.#gpu.memory;
  }

  /** Whether `sample` uses the adapter. Training always does. */
  get adapterEnabled(): boolean {
    return this.#adapterEnabled;
  }
  set adapterEnabled(on: boolean) {
    if (on !== this.#adapterEnabled) this.#switches++;
    this.#adapterEnabled = on;
  }

  sample(requests: readonly SequenceRequest[], options: SampleOptions): Promise<SampledSequence[]> {
    return this.#sampler.sample(requests, options, this.#adapterEnabled ? this.#trained.adapter : null);
  }

  /** A session over this policy for transformers.js; it uses the adapter while {@link adapterEnabled} is true. */
  createSession(): GenerationSession {
    return new GenerationSession({
      gpu: this.#gpu,
      config: this.config,
      trunk: this.#trunk,
      weights: this.#weights,
      adapter: () => (this.#adapterEnabled ? this.#trained.adapter : null),
      version: () => this.#switches + this.#trained.version,
    });
  }

  async score(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<Float32Array> {
    return (await this.scoreWithEntropy(forest, rows, options)).logprobs;
  }

  async scoreWithEntropy(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<TokenScores> {
    if (rows.count === 0) return { logprobs: new Float32Array(0), entropy: new Float32Array(0) };
    this.#admit(forest);
    const sight = forestSight(this.config, forest);
    const prepared = prepareRows(this.#gpu, this.config, forest, sight, rows);
    const { tokens, free } = forestTokens(this.#gpu, forest, sight);
    const out = this.#outputs(rows.count);
    this.#logProbs(
      forest,
      tokens,
      prepared,
      out,
      options.adapter ? this.#trained.adapter : null,
      options.temperature,
    );
    const [logp, entropy] = await this.#readTogether([out.logp, out.entropy], rows.count);
    this.#gpu.free(out.logp, out.entropy, out.lse);
    freeRows(this.#gpu, prepared);
    free();
    return {
      logprobs: unsort(logp as Float32Array, prepared.order),
      entropy: unsort(entropy as Float32Array, prepared.order),
    };
  }

  async logits(forest: Forest, nodes: readonly number[]): Promise<Float32Array> {
    const gpu = this.#gpu;
    const { hiddenSize: width, vocabSize: vocabulary, rmsNormEps: eps } = this.config;
    this.#admit(forest);
    const out = new Float32Array(nodes.length * vocabulary);
    const most = Math.max(1, Math.floor(Math.min(MAX_LOGITS, gpu.maxBindingElements) / vocabulary));
    if (nodes.length === 0) return out;
    const sight = forestSight(this.config, forest);
    const { tokens, free } = forestTokens(gpu, forest, sight);
    const caches = this.#caches(forest.n, 1);
    const { hidden } = this.#trunk.forward(tokens, caches, this.#trained.adapter, false);
    for (let first = 0; first < nodes.length; first += most) {
      const part = nodes.slice(first, first + most);
      const index = gpu.upload(Uint32Array.from(part), 'rows to project');
      const normed = gpu.alloc(part.length * width, 'normed');
      rmsNorm(gpu, hidden, this.#weights.finalNorm, normed, { rows: part.length, width, eps }, index);
      const logits = gpu.alloc(part.length * vocabulary, 'logits');
      const shape = { first: 0, rows: part.length, width, vocabulary };
      projectRows(gpu, normed, this.#weights.head, logits, shape);
      out.set(await gpu.read(logits, part.length * vocabulary), first * vocabulary);
      gpu.free(index, normed, logits);
    }
    gpu.free(hidden, ...caches);
    free();
    return out;
  }

  async accumulate(forest: Forest, rows: LossRows, loss: LossConfig): Promise<LossResult> {
    const { target } = this.#trained;
    if (target === null) throw PolicyError.of('policy/nothing-to-train');
    if (target.kind === 'full' && loss.beta !== 0) {
      throw PolicyError.of('policy/full-kl');
    }
    const { count } = rows;
    if (count === 0) {
      const none = new Float32Array(0);
      return { loss: 0, logprobs: none, refLogprobs: none, entropy: none };
    }
    const gpu = this.#gpu;
    const { hiddenSize: d, rmsNormEps: eps } = this.config;
    this.#admit(forest);
    const sight = forestSight(this.config, forest);
    const prepared = prepareRows(this.#gpu, this.config, forest, sight, rows);
    const { tokens, free } = forestTokens(this.#gpu, forest, sight);
    const shape = { rows: count, width: d, vocabulary: this.config.vocabSize, temperature: loss.temperature };
    const reference = this.#outputs(count);
    if (loss.beta > 0)
      this.#logProbs(forest, tokens, prepared, reference, this.#trained.reference, loss.temperature);
    // Forward.
    const adapter = this.#trained.adapter;
    const keep = this.#keeps(forest.n);
    const caches = this.#caches(forest.n, Math.min(this.config.layers, keep + 1));
    const { hidden, saved } = this.#trunk.forward(tokens, caches, adapter, keep, prepared.picked);
    if (saved === null) throw new Error('The forward pass kept nothing.');
    const picked = gpu.alloc(count * d, 'rows to score');
    const norm = { rows: count, width: d, eps };
    rmsNorm(gpu, hidden, this.#weights.finalNorm, picked, norm, prepared.predictor);
    const out = this.#outputs(count);
    const inputs = { hidden: picked, head: this.#weights.head, target: prepared.target };
    const logits = vocabularyLogProbsKept(gpu, { ...inputs, ...out }, shape);
    const dlogp = gpu.alloc(count, 'd log-probs');
    const dentropy = gpu.alloc(count, 'd entropy');
    const lossRows = gpu.alloc(count, 'loss');
    rowLoss(
      gpu,
      {
        logp: out.logp,
        reference: reference.logp,
        rows: prepared.terms,
        entropy: out.entropy,
        dlogp,
        dentropy,
        loss: lossRows,
      },
      count,
      loss,
    );
    // Backward.
    const dPicked = gpu.alloc(count * d, 'd rows');
    vocabularyGradient(
      gpu,
      {
        ...inputs,
        logits,
        lse: out.lse,
        entropy: out.entropy,
        dlogp,
        dentropy,
        dhidden: dPicked,
        ...(target.kind === 'full' ? { dhead: headGradient(target.gradient) } : {}),
      },
      shape,
    );
    const dRows = gpu.alloc(count * d, 'd rows');
    rmsNormGradient(
      gpu,
      { x: hidden, w: this.#weights.finalNorm, dy: dPicked, dx: dRows, index: prepared.predictor },
      norm,
    );
    if (target.kind === 'full') {
      const { finalNorm } = target.gradient;
      rmsNormWeightGradient(gpu, { x: hidden, dy: dPicked, dw: finalNorm, index: prepared.predictor }, norm);
    }
    const wanted = prepared.picked?.count ?? forest.n;
    const dHidden = gpu.alloc(wanted * d, 'd residual');
    scatterRows(gpu, prepared.starts, dRows, dHidden, wanted, d);
    gpu.free(picked, dPicked, dRows, hidden);
    const dEmbedded = this.#trunk.backward(saved, dHidden, adapter, target);
    if (dEmbedded !== null) {
      if (target.kind === 'full') {
        const table = (target.gradient.embedding[0] as { slice: Slice }).slice;
        embedGradient(gpu, tokens.ids, dEmbedded, table, {
          count: forest.n,
          width: d,
          rows: this.config.vocabSize,
        });
      }
      gpu.free(dEmbedded);
    }
    gpu.free(...caches);
    const [logp, ref, entropy, terms] = await this.#readTogether(
      [out.logp, reference.logp, out.entropy, lossRows],
      count,
    );
    gpu.free(
      out.logp,
      out.entropy,
      out.lse,
      reference.logp,
      reference.entropy,
      reference.lse,
      dlogp,
      dentropy,
      lossRows,
    );
    freeRows(this.#gpu, prepared);
    free();
    return {
      loss: (terms as Float32Array).reduce((a, b) => a + b, 0),
      logprobs: unsort(logp as Float32Array, prepared.order),
      refLogprobs: loss.beta > 0 ? unsort(ref as Float32Array, prepared.order) : new Float32Array(count),
      entropy: unsort(entropy as Float32Array, prepared.order),
    };
  }

  update(params: AdamWParams): Promise<{ gradNorm: number }> {
    return this.#trained.update(params);
  }

  zeroGradient(): void {
    this.#trained.zeroGradient();
  }

  readGradients(): Promise<HostTensors> {
    return this.#trained.readGradients();
  }

  readAdapter(): Promise<HostTensors> {
    return this.#trained.readAdapter();
  }

  loadAdapter(tensors: HostTensors): void {
    this.#trained.loadAdapter(tensors);
  }

  setReference(tensors: HostTensors | null): void {
    this.#trained.setReference(tensors);
  }

  /** All base weights by Hugging Face name, as they are now; for full-parameter training. */
  readWeights(): Promise<HostTensors> {
    return this.#trained.readWeights();
  }

  readOptimizer(): Promise<OptimizerState> {
    return this.#trained.readOptimizer();
  }

  loadOptimizer(state: OptimizerState): void {
    this.#trained.loadOptimizer(state);
  }

  resetOptimizer(): void {
    this.#trained.resetOptimizer();
  }

  dispose(): void {
    this.#trunk.dispose();
    this.#gpu.free(...this.#ownedWeights);
    this.#trained.dispose();
  }

  /** Layers of which the forward pass over `rows` tokens keeps everything for its backward pass. */
  #keeps(rows: number): number {
    const { layers } = this.config;
    if (this.#recompute !== 'auto') return this.#recompute === 'none' ? layers : 0;
    return Math.min(layers, Math.floor(this.#keptBytes / (4 * rows * keptElements(this.config))));
  }

  /** A cache for each layer that is kept, and one that all others use after one another. */
  #caches(slots: number, count: number): Slice[] {
    return Array.from({ length: count }, () =>
      this.#gpu.alloc(this.#trunk.cacheElements(slots), 'keys and values'),
    );
  }

  #outputs(count: number): VocabularyOutputs {
    const gpu = this.#gpu;
    return {
      logp: gpu.alloc(count, 'log-probs'),
      entropy: gpu.alloc(count, 'entropy'),
      lse: gpu.alloc(count, 'lse'),
    };
  }

  /** Log-probs of prepared rows without keeping anything. */
  #logProbs(
    forest: Forest,
    tokens: TokenRows,
    prepared: PreparedRows,
    out: VocabularyOutputs,
    adapter: ActiveAdapter | null,
    temperature: number,
  ): void {
    const gpu = this.#gpu;
    const { hiddenSize: width, vocabSize: vocabulary, rmsNormEps: eps } = this.config;
    const rows = prepared.count;
    const caches = this.#caches(forest.n, 1);
    const { hidden } = this.#trunk.forward(tokens, caches, adapter, false, prepared.picked);
    const picked = gpu.alloc(rows * width, 'rows to score');
    rmsNorm(gpu, hidden, this.#weights.finalNorm, picked, { rows, width, eps }, prepared.predictor);
    vocabularyLogProbs(
      gpu,
      { hidden: picked, head: this.#weights.head, target: prepared.target, ...out },
      { rows, width, vocabulary, temperature },
    );
    gpu.free(picked, hidden, ...caches);
  }

  /** @throws PolicyError for what cannot be computed, before anything is allocated */
  #admit(forest: Forest): void {
    checkForest(this.#gpu, this.config, forest);
    this.#trunk.ensurePositions(forest.depth.reduce((a, b) => Math.max(a, b), 0) + 1);
  }

  /** Several vectors of `count` words in one read-back. */
  async #readTogether(slices: readonly Slice[], count: number): Promise<Float32Array[]> {
    const gpu = this.#gpu;
    const all = gpu.alloc(slices.length * count, 'results');
    slices.forEach((slice, i) => gpu.copy(slice, all, count * 4, 0, i * count * 4));
    const data = await gpu.read(all, slices.length * count);
    gpu.free(all);
    return slices.map((_, i) => data.slice(i * count, (i + 1) * count));
  }
}

function headGradient(gradient: ModelWeights): Slice {
  return (gradient.head[0] as { slice: Slice }).slice;
}
