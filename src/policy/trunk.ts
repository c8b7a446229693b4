/**
 * The transformer's layers on the GPU, from token ids to the last residual stream, forward and backward.
 * Sampling and training run the same code: they differ in where keys and values go and in what is kept.
 */
import {
  attention,
  forestAttention,
  forestAttentionGradient,
  type ForestSlices,
  type RunSlices,
} from '../kernels/attention/attention';
import { embed } from '../kernels/embedding/embedding';
import type { Gpu, Slice } from '../kernels/gpu';
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from '../kernels/rms-norm/rms-norm';
import { rotary, rotaryGradient, rotaryTable } from '../kernels/rotary/rotary';
import { swiglu, swigluGradient } from '../kernels/swiglu/swiglu';
import { linearBackward, linearForward, type LinearAdapter } from './linear';
import type { LoraLayout } from './lora';
import { type ModelConfig, PolicyError } from './types';
import { type LinearKey, type LinearUnit, linearUnits } from './units';
import type { LayerWeights, ModelWeights } from './weights-gpu';

/** Tokens of one pass. Arrays on the GPU, one entry per row. */
export interface TokenRows {
  readonly rows: number;
  readonly ids: Slice;
  readonly position: Slice;
  /** Row of the key/value cache that the token writes. */
  readonly slot: Slice;
  readonly visible: Visibility;
}

/** What rows see: slots of the cache per row, or (slot = row) their ancestors in a forest. */
export type Visibility =
  | { readonly kind: 'runs'; readonly runs: RunSlices }
  | { readonly kind: 'forest'; readonly forest: ForestSlices };

/** What the backward pass needs of one layer. */
interface SavedLayer {
  readonly input: Slice;
  readonly qkv: Slice | null;
  readonly q: Slice;
  readonly attended: Slice;
  readonly stats: Slice;
  readonly middle: Slice;
  readonly gateUp: Slice;
  readonly u: Readonly<Record<LinearKey, Slice | null>>;
}

export interface SavedPass {
  readonly tokens: TokenRows;
  readonly layers: readonly SavedLayer[];
  /** Keys and values per layer, [rows, 2, kvHeads, headDim]. */
  readonly caches: readonly Slice[];
}

/** The adapter in use: its layout and flat parameters. */
export interface ActiveAdapter {
  readonly layout: LoraLayout;
  readonly parameters: Slice;
}

/** Where gradients go, added to. Exactly one of the two is given. */
export type GradientTarget =
  | { readonly kind: 'adapter'; readonly gradient: Slice }
  | { readonly kind: 'full'; readonly gradient: ModelWeights };

export class Trunk {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #weights: ModelWeights;
  readonly #units: readonly Readonly<Record<LinearKey, LinearUnit>>[];
  #table: { readonly positions: number; readonly slice: Slice } | null = null;

  constructor(gpu: Gpu, config: ModelConfig, weights: ModelWeights) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#units = Array.from({ length: config.layers }, (_, layer) => linearUnits(config, layer));
  }

  /** Makes room for positions 0 … positions-1. @throws PolicyError beyond the model's maximum. */
  ensurePositions(positions: number): void {
    const { maxPositions, headDim, ropeTheta, ropeScaling } = this.#config;
    if (positions > maxPositions) {
      throw new PolicyError(
        `A sequence of ${positions} tokens was given to a model made for ${maxPositions}. Lower maxSeqLength.`,
      );
    }
    if (this.#table !== null && this.#table.positions >= positions) return;
    if (this.#table !== null) this.#gpu.free(this.#table.slice);
    const size = Math.min(maxPositions, Math.max(256, 2 ** Math.ceil(Math.log2(positions))));
    const slice = this.#gpu.upload(rotaryTable(size, headDim, ropeTheta, ropeScaling), 'rotary table');
    this.#table = { positions: size, slice };
  }

  /** cos and sin for the positions of {@link ensurePositions}. */
  get rotaryTable(): Slice {
    if (this.#table === null) throw new Error('Trunk.ensurePositions must be called first.');
    return this.#table.slice;
  }

  /** Elements of one layer's key/value cache with `slots` slots. */
  cacheElements(slots: number): number {
    return slots * 2 * this.#config.kvHeads * this.#config.headDim;
  }

  /**
   * Residual stream after the last layer, [rows, hidden], owned by the caller. `caches`, one per layer, receive keys
   * and values at the rows' slots. With `keep`, answers what {@link backward} needs (caches then stay in use).
   */
  forward(
    tokens: TokenRows,
    caches: readonly Slice[],
    adapter: ActiveAdapter | null,
    keep: boolean,
  ): { hidden: Slice; saved: SavedPass | null } {
    const gpu = this.#gpu;
    const { rows } = tokens;
    const { hiddenSize } = this.#config;
    let x = gpu.alloc(rows * hiddenSize, 'residual');
    embed(gpu, tokens.ids, this.#weights.embedding, x, rows, hiddenSize);
    const layers: SavedLayer[] = [];
    for (let l = 0; l < this.#config.layers; l++) {
      const { output, saved } = this.#layerForward(l, x, tokens, caches[l] as Slice, adapter, keep);
      if (saved === null) gpu.free(x);
      else layers.push(saved);
      x = output;
    }
    return { hidden: x, saved: keep ? { tokens, layers, caches } : null };
  }

  #linearAdapter(adapter: ActiveAdapter | null, layer: number, key: LinearKey): LinearAdapter | null {
    const unit = adapter?.layout.layers[layer]?.[key] ?? null;
    if (adapter === null || unit === null) return null;
    return { unit, parameters: adapter.parameters, rank: adapter.layout.lora.r, scale: adapter.layout.scale };
  }

  #layerForward(
    l: number,
    x: Slice,
    tokens: TokenRows,
    cache: Slice,
    adapter: ActiveAdapter | null,
    keep: boolean,
  ): { output: Slice; saved: SavedLayer | null } {
    const gpu = this.#gpu;
    const { rows } = tokens;
    const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = this.#config;
    const weights = this.#weights.layers[l] as LayerWeights;
    const units = this.#units[l] as Record<LinearKey, LinearUnit>;
    const norm = { rows, width: d, eps };
    const run = (key: LinearKey, input: Slice, out: Slice, residual?: Slice): Slice | null => {
      const u = linearForward(gpu, {
        unit: units[key],
        weight: weights.linear[key],
        bias: key === 'qkv' ? weights.qkvBias : null,
        adapter: this.#linearAdapter(adapter, l, key),
        x: input,
        out,
        rows,
        ...(residual === undefined ? {} : { residual }),
      });
      if (keep || u === null) return u;
      gpu.free(u);
      return null;
    };
    const normed = gpu.alloc(rows * d, 'normed');
    rmsNorm(gpu, x, weights.inputNorm, normed, norm);
    const qkv = gpu.alloc(rows * units.qkv.outputs, 'qkv');
    const uQkv = run('qkv', normed, qkv);
    const q = gpu.alloc(rows * heads * headDim, 'q');
    const table = this.#table?.slice;
    if (table === undefined) throw new Error('Trunk.ensurePositions must be called before forward.');
    rotary(
      gpu,
      { qkv, table, position: tokens.position, slot: tokens.slot, q, cache, norm: weights.qkNorm },
      { rows, heads, kvHeads, headDim, eps },
    );
    const keepQkv = keep && weights.qkNorm !== null;
    if (!keepQkv) gpu.free(qkv);
    const attended = gpu.alloc(rows * heads * headDim, 'attended');
    const stats = gpu.alloc(rows * heads * 2, 'attention stats');
    const { visible } = tokens;
    const attentionShape = { rows, heads, kvHeads, headDim };
    if (visible.kind === 'runs')
      attention(gpu, { q, cache, visible: visible.runs, out: attended, stats }, attentionShape);
    else forestAttention(gpu, { q, cache, forest: visible.forest, out: attended, stats }, attentionShape);
    const middle = gpu.alloc(rows * d, 'residual');
    const uO = run('o', attended, middle, x);
    rmsNorm(gpu, middle, weights.postNorm, normed, norm);
    const gateUp = gpu.alloc(rows * 2 * f, 'gate and up');
    const uGateUp = run('gateUp', normed, gateUp);
    const h = gpu.alloc(rows * f, 'swiglu');
    swiglu(gpu, gateUp, h, rows, f);
    const output = gpu.alloc(rows * d, 'residual');
    const uDown = run('down', h, output, middle);
    gpu.free(normed, h);
    if (!keep) {
      gpu.free(q, attended, stats, middle, gateUp);
      return { output, saved: null };
    }
    const u = { qkv: uQkv, o: uO, gateUp: uGateUp, down: uDown };
    return { output, saved: { input: x, qkv: keepQkv ? qkv : null, q, attended, stats, middle, gateUp, u } };
  }

  /**
   * Adds to `target` the gradients from `dHidden` (consumed) and frees what the forward pass kept, except the caches.
   * Answers the gradient of the embedding output for full training (owned by the caller), null otherwise.
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
      const below: Slice | null = this.#layerBackward(l, saved, dx, adapter, target);
      gpu.free(dx);
      dx = below;
    }
    return dx;
  }

  #layerBackward(
    l: number,
    pass: SavedPass,
    dOutput: Slice,
    adapter: ActiveAdapter | null,
    target: GradientTarget,
  ): Slice | null {
    const gpu = this.#gpu;
    const saved = pass.layers[l] as SavedLayer;
    const cache = pass.caches[l] as Slice;
    const { tokens } = pass;
    const { rows } = tokens;
    const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = this.#config;
    const weights = this.#weights.layers[l] as LayerWeights;
    const units = this.#units[l] as Record<LinearKey, LinearUnit>;
    const full = target.kind === 'full' ? (target.gradient.layers[l] as LayerWeights) : null;
    const norm = { rows, width: d, eps };
    const back = (key: LinearKey, x: Slice, dy: Slice, dx: Slice | null) => {
      linearBackward(gpu, {
        unit: units[key],
        weight: weights.linear[key],
        adapter: this.#linearAdapter(adapter, l, key),
        adapterGradient: target.kind === 'adapter' ? target.gradient : null,
        u: saved.u[key],
        x,
        dy,
        dx,
        dWeight: full?.linear[key] ?? null,
        dBias: key === 'qkv' ? (full?.qkvBias ?? null) : null,
        rows,
      });
      const u = saved.u[key];
      if (u !== null) gpu.free(u);
    };
    // MLP.
    const h = gpu.alloc(rows * f, 'swiglu');
    swiglu(gpu, saved.gateUp, h, rows, f);
    const dh = gpu.alloc(rows * f, 'd swiglu');
    back('down', h, dOutput, dh);
    const dGateUp = gpu.alloc(rows * 2 * f, 'd gate and up');
    swigluGradient(gpu, saved.gateUp, dh, dGateUp, rows, f);
    gpu.free(h, dh, saved.gateUp);
    const normed = gpu.alloc(rows * d, 'normed');
    rmsNorm(gpu, saved.middle, weights.postNorm, normed, norm);
    const dNormed = gpu.alloc(rows * d, 'd normed');
    back('gateUp', normed, dGateUp, dNormed);
    gpu.free(dGateUp);
    const dMiddle = gpu.alloc(rows * d, 'd residual');
    rmsNormGradient(
      gpu,
      { x: saved.middle, w: weights.postNorm, dy: dNormed, dx: dMiddle, residual: dOutput },
      norm,
    );
    if (full !== null) rmsNormWeightGradient(gpu, { x: saved.middle, dy: dNormed, dw: full.postNorm }, norm);
    gpu.free(saved.middle);
    // Attention.
    const dAttended = gpu.alloc(rows * heads * headDim, 'd attended');
    back('o', saved.attended, dMiddle, dAttended);
    const dq = gpu.alloc(rows * heads * headDim, 'd q');
    const dcache = gpu.alloc(this.cacheElements(rows), 'd keys and values');
    if (tokens.visible.kind !== 'forest') throw new Error('Only forests have a backward pass.');
    forestAttentionGradient(
      gpu,
      {
        q: saved.q,
        cache,
        forest: tokens.visible.forest,
        out: saved.attended,
        dout: dAttended,
        stats: saved.stats,
        dq,
        dcache,
      },
      { rows, heads, kvHeads, headDim },
    );
    gpu.free(dAttended, saved.attended, saved.q, saved.stats);
    const dqkv = gpu.alloc(rows * units.qkv.outputs, 'd qkv');
    const table = (this.#table as { slice: Slice }).slice;
    rotaryGradient(
      gpu,
      {
        dq,
        dkv: dcache,
        table,
        position: tokens.position,
        dqkv,
        qkv: saved.qkv ?? dqkv,
        norm: weights.qkNorm,
      },
      { rows, heads, kvHeads, headDim, eps },
    );
    gpu.free(dq, dcache);
    if (saved.qkv !== null) gpu.free(saved.qkv);
    rmsNorm(gpu, saved.input, weights.inputNorm, normed, norm);
    // Below layer 0 there is only the embedding, which an adapter does not train.
    const needsInput = l > 0 || full !== null;
    back('qkv', normed, dqkv, needsInput ? dNormed : null);
    let dInput: Slice | null = null;
    if (needsInput) {
      dInput = gpu.alloc(rows * d, 'd residual');
      rmsNormGradient(
        gpu,
        { x: saved.input, w: weights.inputNorm, dy: dNormed, dx: dInput, residual: dMiddle },
        norm,
      );
      if (full !== null)
        rmsNormWeightGradient(gpu, { x: saved.input, dy: dNormed, dw: full.inputNorm }, norm);
    }
    gpu.free(dqkv, normed, dNormed, dMiddle, saved.input);
    return dInput;
  }

  dispose(): void {
    if (this.#table !== null) this.#gpu.free(this.#table.slice);
    this.#table = null;
  }
}
