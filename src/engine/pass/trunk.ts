/**
 * The transformer's layers on the GPU, from token ids to the last residual stream, forward and backward.
 * Sampling and training run the same code: they differ in where keys and values go and in what is kept.
 */
import type { ForestQueries, ForestSlices, RunSlices } from '../../kernels/attention/attention';
import { embed } from '../../kernels/embedding/embedding';
import type { Gpu, Slice } from '../../kernels/gpu';
import { rotaryTable } from '../../kernels/rotary/rotary';
import { layerAgain, layerForward, layerKeys, type LayerPass, type SavedLayer } from './layer';
import { layerBackward } from './layer-backward';
import type { LoraLayout } from '../model/lora';
import { type ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import { layerAttention } from '../model/features';
import { type LinearKey, type LinearUnit, linearUnits } from '../model/units';
import type { LayerWeights, ModelWeights } from '../weights/weights-gpu';

/** Tokens of one pass. Arrays on the GPU, one entry per row. */
export interface TokenRows {
  readonly rows: number;
  readonly ids: Slice;
  readonly position: Slice;
  /** Row of the key/value cache that the token writes. */
  readonly slot: Slice;
  readonly visible: Visibility;
}

/**
 * What rows see: slots of the cache per row, or (slot = row) their ancestors in a forest. In layers with a window it is
 * what `windows` holds for it; a window that is not there cuts nothing off these rows.
 */
export type Visibility =
  | {
      readonly kind: 'runs';
      readonly runs: RunSlices;
      readonly windows: ReadonlyMap<number, RunSlices>;
    }
  | {
      readonly kind: 'forest';
      readonly forest: ForestSlices;
      readonly windows: ReadonlyMap<number, ForestSlices>;
    };

export interface SavedPass {
  readonly tokens: TokenRows;
  readonly picked: ForestQueries | null;
  /** Residual stream before each layer. */
  readonly inputs: readonly Slice[];
  /** Null for layers that are computed again. */
  readonly layers: readonly (SavedLayer | null)[];
  /** Keys and values, [rows, 2, kvHeads, headDim], as {@link Trunk.forward} was given them. */
  readonly caches: readonly Slice[];
}

/**
 * What a forward pass keeps for a backward pass: nothing, or the layers' inputs and, of that many layers from the last
 * on, everything; the others are computed again.
 */
export type Keep = false | number;

/** The adapter in use: its layout and flat parameters. */
export interface ActiveAdapter {
  readonly layout: LoraLayout;
  readonly parameters: Slice;
}

/** Where gradients go, added to. Exactly one of the two is given. */
export type GradientTarget =
  | { readonly kind: 'adapter'; readonly gradient: Slice }
  | { readonly kind: 'full'; readonly gradient: ModelWeights };

/** Elements per row that a forward pass keeps of a layer that it keeps, its cache included, low-rank activations not. */
export function keptElements(config: ModelConfig): number {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize, qkNorm, branchNorms } = config;
  const qkv = qkNorm ? (heads + 2 * kvHeads) * headDim : 0;
  const cache = 2 * kvHeads * headDim;
  return (branchNorms ? 4 : 2) * hiddenSize + 2 * heads * (headDim + 1) + 2 * intermediateSize + qkv + cache;
}

export class Trunk {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #weights: ModelWeights;
  readonly #units: readonly Readonly<Record<LinearKey, LinearUnit>>[];
  /** Per layer; layers that rotate alike share one. */
  #tables: { readonly positions: number; readonly slices: readonly Slice[] } | null = null;

  constructor(gpu: Gpu, config: ModelConfig, weights: ModelWeights) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#units = Array.from({ length: config.layers }, (_, layer) => linearUnits(config, layer));
  }

  /** Makes room for positions 0 … positions-1. @throws PolicyError beyond the model's maximum. */
  ensurePositions(positions: number): void {
    const { maxPositions, headDim, layers } = this.#config;
    if (positions > maxPositions) {
      throw PolicyError.of('policy/too-long', { tokens: positions, most: maxPositions });
    }
    if (this.#tables !== null && this.#tables.positions >= positions) return;
    this.#freeTables();
    const size = Math.min(maxPositions, Math.max(256, 2 ** Math.ceil(Math.log2(positions))));
    const made = new Map<string, Slice>();
    const slices = Array.from({ length: layers }, (_, layer) => {
      const { rotary } = layerAttention(this.#config, layer);
      const key = JSON.stringify(rotary);
      const slice =
        made.get(key) ??
        this.#gpu.upload(rotaryTable(size, headDim, rotary?.theta ?? null, rotary?.scaling), 'rotary table');
      made.set(key, slice);
      return slice;
    });
    this.#tables = { positions: size, slices };
  }

  /** cos and sin per layer for the positions of {@link ensurePositions}. */
  get rotaryTables(): readonly Slice[] {
    if (this.#tables === null) throw new Error('Trunk.ensurePositions must be called first.');
    return this.#tables.slices;
  }

  #freeTables(): void {
    this.#gpu.free(...new Set(this.#tables?.slices));
    this.#tables = null;
  }

  /** Elements of one layer's key/value cache with `slots` slots. */
  cacheElements(slots: number): number {
    return slots * 2 * this.#config.kvHeads * this.#config.headDim;
  }

  /**
   * Residual stream after the last layer, [rows, hidden], owned by the caller; with `picked` rows of a forest, of those
   * alone, which spares the others all of the last layer but its input projection. `caches` receive keys and values at
   * the rows' slots: one for each of the last layers, and one for all before them, which each overwrites.
   * With `keep`, answers what {@link backward} needs (caches then stay in use); kept layers need caches of their own.
   */
  forward(
    tokens: TokenRows,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    keep: Keep,
    picked: ForestQueries | null = null,
  ): { hidden: Slice; saved: SavedPass | null } {
    const gpu = this.#gpu;
    let x = this.#embedded(tokens);
    const inputs: Slice[] = [];
    const layers: (SavedLayer | null)[] = [];
    for (let l = 0; l < this.#config.layers; l++) {
      const pass = this.#pass(l, tokens, caches, adapter, picked);
      const { output, saved } = layerForward(pass, x, keep !== false && l >= this.#config.layers - keep);
      if (keep === false) gpu.free(x);
      else {
        inputs.push(x);
        layers.push(saved);
      }
      x = output;
    }
    return { hidden: x, saved: keep === false ? null : { tokens, picked, inputs, layers, caches } };
  }

  /**
   * Keys and values of the rows in every layer, as {@link forward} computes them, and nothing else.
   * @param around what is to be done with a layer's cache before it is computed, and after
   */
  fillCaches(
    tokens: TokenRows,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    around: { readonly before?: (layer: number) => void; readonly after?: (layer: number) => void } = {},
  ): void {
    const gpu = this.#gpu;
    const last = this.#config.layers - 1;
    let x = this.#embedded(tokens);
    for (let l = 0; l < last; l++) {
      around.before?.(l);
      const { output } = layerForward(this.#pass(l, tokens, caches, adapter, null), x, false);
      around.after?.(l);
      gpu.free(x);
      x = output;
    }
    around.before?.(last);
    layerKeys(this.#pass(last, tokens, caches, adapter, null), x);
    around.after?.(last);
    gpu.free(x);
  }

  #embedded({ ids, rows }: TokenRows): Slice {
    const { hiddenSize, embeddingScale } = this.#config;
    const x = this.#gpu.alloc(rows * hiddenSize, 'residual');
    embed(this.#gpu, ids, this.#weights.embedding, x, rows, hiddenSize, embeddingScale);
    return x;
  }

  #pass(
    l: number,
    tokens: TokenRows,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    picked: ForestQueries | null,
  ): LayerPass {
    return {
      gpu: this.#gpu,
      config: this.#config,
      layer: l,
      weights: this.#weights.layers[l] as LayerWeights,
      units: this.#units[l] as Record<LinearKey, LinearUnit>,
      rotaryTable: this.rotaryTables[l] as Slice,
      tokens,
      picked: l === this.#config.layers - 1 ? picked : null,
      cache: caches[Math.max(0, caches.length - this.#config.layers + l)] as Slice,
      adapter,
    };
  }

  /**
   * Adds to `target` the gradients from `dHidden` (consumed; of the picked rows, where rows were picked) and frees what
   * the forward pass kept, except the caches. Answers the gradient of the embedding output for full training (owned by
   * the caller), null otherwise.
   */
  backward(
    saved: SavedPass,
    dHidden: Slice,
    adapter: ActiveAdapter | null,
    target: GradientTarget,
  ): Slice | null {
    const gpu = this.#gpu;
    let dx: Slice | null = dHidden;
    for (let l = this.#config.layers - 1; l >= 0; l--) {
      if (dx === null) throw new Error('The gradient ended above layer 0.');
      const pass = this.#pass(l, saved.tokens, saved.caches, adapter, saved.picked);
      const input = saved.inputs[l] as Slice;
      const kept = saved.layers[l] ?? layerAgain(pass, input);
      const below: Slice | null = layerBackward(pass, input, kept, dx, target);
      gpu.free(dx, input);
      dx = below;
    }
    return dx;
  }

  dispose(): void {
    this.#freeTables();
  }
}
