/** What a policy trains, on the GPU: an adapter's parameters or all weights, their gradient and moments, KL's reference. */
import type { Gpu, Slice } from '../kernels/gpu';
import { adamW, type FlatState } from '../kernels/optimizer/adamw';
import { PolicyError } from '../errors/policy';
import type { HostTensors } from '../formats/tensors';
import { arenaParts, type MuonOptions, muonUpdate } from './full-optimizer';
import { initLora, type LoraLayout, loraLayout, packLora, unpackLora } from './model/lora';
import { storageUnits } from './model/units';
import type { ActiveAdapter, GradientTarget } from './pass/trunk';
import type { AdamWParams, LoraConfig, ModelConfig, OptimizerState } from './types';
import {
  arenaLayout,
  arenaWeights,
  BaseWeights,
  type ModelWeights,
  packArena,
  unpackArena,
} from './weights/weights-gpu';

/** What is trained: a LoRA adapter on frozen weights, all weights, or nothing. */
export type Training =
  | { readonly kind: 'adapter'; readonly lora: LoraConfig; readonly seed: number }
  /** By AdamW, or by Muon where its options are given. */
  | { readonly kind: 'full'; readonly muon?: MuonOptions }
  | { readonly kind: 'none' };

export class TrainedState {
  /** All weights, where these are what is trained. */
  readonly weights: ModelWeights | null = null;
  /** Where gradients go; null where nothing is trained. */
  readonly target: GradientTarget | null = null;
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #layout: LoraLayout | null = null;
  readonly #flat: FlatState | null = null;
  readonly #norm: Slice;
  readonly #update: (state: FlatState, params: AdamWParams & { readonly step: number }) => void;
  #updates = 0;
  /** Parameters of the adapter that KL refers to; null: the bare model. */
  #reference: Slice | null = null;
  #version = 0;

  /**
   * @param base the model's tensors, which only training of all weights reads; null: parameters stay without content, for
   *   plans
   * @throws PolicyError where all weights cannot be trained
   */
  constructor(gpu: Gpu, config: ModelConfig, training: Training, base: HostTensors | BaseWeights | null) {
    if (training.kind === 'full') refuseUntrainable(config, base);
    this.#gpu = gpu;
    this.#config = config;
    const norm = gpu.alloc(1, 'gradient norm');
    this.#norm = norm;
    this.#update = (state, params) => adamW(gpu, state, norm, params);
    if (training.kind === 'adapter') {
      const { lora, seed } = training;
      this.#layout = loraLayout(config, lora);
      const initial = base === null ? null : initLora(config, this.#layout, seed);
      this.#flat = allocate(gpu, this.#layout.length, initial);
      this.target = { kind: 'adapter', gradient: this.#flat.gradient };
    } else if (training.kind === 'full') {
      const { length } = arenaLayout(storageUnits(config));
      this.#flat = allocate(gpu, length, base === null ? null : packArena(config, base as HostTensors));
      this.weights = arenaWeights(gpu, config, this.#flat.parameters);
      this.target = { kind: 'full', gradient: arenaWeights(gpu, config, this.#flat.gradient) };
      const { muon } = training;
      if (muon !== undefined) {
        const parts = arenaParts(config);
        this.#update = (state, params) => muonUpdate(gpu, state, parts, norm, muon, params);
      }
    }
  }

  /** Changes whenever the parameters do. */
  get version(): number {
    return this.#version;
  }

  get adapter(): ActiveAdapter | null {
    if (this.#layout === null || this.#flat === null) return null;
    return { layout: this.#layout, parameters: this.#flat.parameters };
  }

  /** The adapter that KL refers to; null: the bare model. */
  get reference(): ActiveAdapter | null {
    if (this.#layout === null || this.#reference === null) return null;
    return { layout: this.#layout, parameters: this.#reference };
  }

  /** See `TrainablePolicy`, as those below. */
  async update(params: AdamWParams): Promise<{ gradNorm: number }> {
    const state = this.#trainable();
    this.#version++;
    this.#update(state, { ...params, step: this.#updates + 1 });
    const [gradNorm] = await this.#gpu.read(this.#norm, 1);
    if (gradNorm === undefined || !Number.isFinite(gradNorm)) {
      throw PolicyError.of('policy/gradient', { norm: String(gradNorm) });
    }
    this.#updates++;
    return { gradNorm };
  }

  zeroGradient(): void {
    this.#gpu.clear(this.#trainable().gradient);
  }

  async readGradients(): Promise<HostTensors> {
    const data = await this.#gpu.read(this.#trainable().gradient);
    return this.#layout === null
      ? unpackArena(this.#config, data)
      : unpackLora(this.#config, this.#layout, data);
  }

  async readAdapter(): Promise<HostTensors> {
    if (this.#layout === null) throw PolicyError.of('policy/no-adapter');
    return unpackLora(this.#config, this.#layout, await this.#gpu.read(this.#trainable().parameters));
  }

  loadAdapter(tensors: HostTensors): void {
    if (this.#layout === null) throw PolicyError.of('policy/no-adapter-to-load-into');
    this.#version++;
    this.#gpu.write(this.#trainable().parameters, packLora(this.#config, this.#layout, tensors));
  }

  setReference(tensors: HostTensors | null): void {
    if (this.#layout === null) throw PolicyError.of('policy/no-adapter-to-refer-to');
    if (tensors === null) {
      if (this.#reference !== null) this.#gpu.free(this.#reference);
      this.#reference = null;
      return;
    }
    const data = packLora(this.#config, this.#layout, tensors);
    if (this.#reference === null) this.#reference = this.#gpu.holdData(data, 'reference adapter');
    else this.#gpu.write(this.#reference, data);
  }

  /** All weights by Hugging Face name, as they are now. */
  async readWeights(): Promise<HostTensors> {
    if (this.weights === null) throw PolicyError.of('policy/weights-unchanged');
    return unpackArena(this.#config, await this.#gpu.read(this.#trainable().parameters));
  }

  async readOptimizer(): Promise<OptimizerState> {
    const { parameters, m, v } = this.#trainable();
    return {
      step: this.#updates,
      parameters: await this.#gpu.read(parameters),
      m: await this.#gpu.read(m),
      v: await this.#gpu.read(v),
    };
  }

  loadOptimizer(state: OptimizerState): void {
    const own = this.#trainable();
    this.#version++;
    for (const name of ['parameters', 'm', 'v'] as const) {
      if (state[name].length !== own.length) {
        throw PolicyError.of('policy/optimizer', { name, found: state[name].length, needed: own.length });
      }
      this.#gpu.write(own[name], state[name]);
    }
    this.#updates = state.step;
  }

  resetOptimizer(): void {
    const { m, v } = this.#trainable();
    this.#gpu.clear(m);
    this.#gpu.clear(v);
    this.#updates = 0;
  }

  dispose(): void {
    this.#gpu.free(this.#norm);
    if (this.#reference !== null) this.#gpu.free(this.#reference);
    if (this.#flat === null) return;
    const { parameters, gradient, m, v } = this.#flat;
    this.#gpu.free(parameters, gradient, m, v);
  }

  #trainable(): FlatState {
    if (this.#flat === null) throw PolicyError.of('policy/nothing-to-train');
    return this.#flat;
  }
}

function refuseUntrainable(config: ModelConfig, base: HostTensors | BaseWeights | null): void {
  if (base instanceof BaseWeights) throw PolicyError.of('policy/full-shared');
  if (!trainsInFull(config)) throw PolicyError.of('policy/full-family', { family: config.family });
}

/** Whether there are gradients of all weights of such a model, not of an adapter alone. */
export function trainsInFull({ branchNorms, embeddingScale, normOffset, qkNorm }: ModelConfig): boolean {
  return !qkNorm && !branchNorms && normOffset === 0 && embeddingScale === 1;
}

function allocate(gpu: Gpu, length: number, parameters: Float32Array | null): FlatState {
  const state = {
    parameters: parameters === null ? gpu.hold(length, 'parameters') : gpu.holdData(parameters, 'parameters'),
    gradient: gpu.hold(length, 'gradient'),
    m: gpu.hold(length, 'first moment'),
    v: gpu.hold(length, 'second moment'),
    length,
  };
  gpu.clear(state.gradient);
  gpu.clear(state.m);
  gpu.clear(state.v);
  return state;
}
