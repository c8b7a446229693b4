/** One layer of the transformer on the GPU, forward: what {@link layerBackward} needs of it is kept or made again. */
import { attention, forestAttention } from '../kernels/attention/attention';
import type { Gpu, Slice } from '../kernels/gpu';
import { rmsNorm } from '../kernels/rms-norm/rms-norm';
import { rotary } from '../kernels/rotary/rotary';
import { swiglu } from '../kernels/swiglu/swiglu';
import { linearActivations, type LinearAdapter, linearForward } from './linear';
import type { ActiveAdapter, TokenRows } from './trunk';
import type { ModelConfig } from './types';
import type { LinearKey, LinearUnit } from './units';
import type { LayerWeights } from './weights-gpu';

/** A layer in one pass over tokens. */
export interface LayerPass {
  readonly gpu: Gpu;
  readonly config: ModelConfig;
  /** Index of the layer. */
  readonly layer: number;
  readonly weights: LayerWeights;
  readonly units: Readonly<Record<LinearKey, LinearUnit>>;
  readonly rotaryTable: Slice;
  readonly tokens: TokenRows;
  /** Keys and values by slot, [slots, 2, kvHeads, headDim]. */
  readonly cache: Slice;
  readonly adapter: ActiveAdapter | null;
}

/** What the backward pass needs of a layer besides its input and its cache. */
export interface SavedLayer {
  /** Only where q and k are normed. */
  readonly qkv: Slice | null;
  readonly q: Slice;
  readonly attended: Slice;
  readonly stats: Slice;
  /** Residual stream between attention and MLP. */
  readonly middle: Slice;
  readonly gateUp: Slice;
  /** Low-rank activations. */
  readonly u: Readonly<Record<LinearKey, Slice | null>>;
}

export function layerAdapter({ adapter, layer }: LayerPass, key: LinearKey): LinearAdapter | null {
  const unit = adapter?.layout.layers[layer]?.[key] ?? null;
  if (adapter === null || unit === null) return null;
  return { unit, parameters: adapter.parameters, rank: adapter.layout.lora.r, scale: adapter.layout.scale };
}

/** The layer's output [rows, hidden], owned by the caller like `x`; with `keep`, what the backward pass needs. */
export function layerForward(
  pass: LayerPass,
  x: Slice,
  keep: boolean,
): { output: Slice; saved: SavedLayer | null } {
  const { gpu, config, tokens } = pass;
  const { rows } = tokens;
  const { middle, gateUp, attention } = upToGate(pass, x, keep);
  const h = gpu.alloc(rows * config.intermediateSize, 'swiglu');
  swiglu(gpu, gateUp, h, rows, config.intermediateSize);
  const output = gpu.alloc(rows * config.hiddenSize, 'residual');
  const down = project(pass, 'down', h, output, middle);
  gpu.free(h);
  if (attention !== null) {
    const { u, ...rest } = attention;
    return { output, saved: { ...rest, middle, gateUp, u: { ...u, down } } };
  }
  gpu.free(middle, gateUp);
  if (down !== null) gpu.free(down);
  return { output, saved: null };
}

/** What {@link layerForward} keeps, bit for bit, without the layer's output. Fills the cache again. */
export function layerAgain(pass: LayerPass, x: Slice): SavedLayer {
  const { gpu, config, tokens, units } = pass;
  const { middle, gateUp, attention } = upToGate(pass, x, true);
  if (attention === null) throw new Error('The layer kept nothing.');
  const { u, ...rest } = attention;
  const adapter = layerAdapter(pass, 'down');
  let down: Slice | null = null;
  if (adapter !== null) {
    const { rows } = tokens;
    const h = gpu.alloc(rows * config.intermediateSize, 'swiglu');
    swiglu(gpu, gateUp, h, rows, config.intermediateSize);
    down = linearActivations(gpu, { unit: units.down, adapter, x: h, rows });
    gpu.free(h);
  }
  return { ...rest, middle, gateUp, u: { ...u, down } };
}

interface UpToGate {
  readonly middle: Slice;
  readonly gateUp: Slice;
  /** Null when nothing is kept. */
  readonly attention:
    (Omit<SavedLayer, 'middle' | 'gateUp' | 'u'> & { readonly u: Omit<SavedLayer['u'], 'down'> }) | null;
}

/** Attention and the first half of the MLP. */
function upToGate(pass: LayerPass, x: Slice, keep: boolean): UpToGate {
  const { gpu, config, weights, units, tokens, cache, rotaryTable: table } = pass;
  const { rows, visible } = tokens;
  const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = config;
  const norm = { rows, width: d, eps };
  const shape = { rows, heads, kvHeads, headDim };
  const normed = gpu.alloc(rows * d, 'normed');
  rmsNorm(gpu, x, weights.inputNorm, normed, norm);
  const qkv = gpu.alloc(rows * units.qkv.outputs, 'qkv');
  const uQkv = project(pass, 'qkv', normed, qkv);
  const q = gpu.alloc(rows * heads * headDim, 'q');
  rotary(
    gpu,
    { qkv, table, position: tokens.position, slot: tokens.slot, q, cache, norm: weights.qkNorm },
    { ...shape, eps },
  );
  const keepQkv = keep && weights.qkNorm !== null;
  if (!keepQkv) gpu.free(qkv);
  const attended = gpu.alloc(rows * heads * headDim, 'attended');
  const stats = gpu.alloc(rows * heads * 2, 'attention stats');
  if (visible.kind === 'runs')
    attention(gpu, { q, cache, visible: visible.runs, out: attended, stats }, shape);
  else forestAttention(gpu, { q, cache, forest: visible.forest, out: attended, stats }, shape);
  if (!keep) gpu.free(q, stats);
  const middle = gpu.alloc(rows * d, 'residual');
  const uO = project(pass, 'o', attended, middle, x);
  if (!keep) gpu.free(attended);
  rmsNorm(gpu, middle, weights.postNorm, normed, norm);
  const gateUp = gpu.alloc(rows * 2 * f, 'gate and up');
  const uGateUp = project(pass, 'gateUp', normed, gateUp);
  gpu.free(normed);
  if (keep) {
    const u = { qkv: uQkv, o: uO, gateUp: uGateUp };
    return { middle, gateUp, attention: { qkv: keepQkv ? qkv : null, q, attended, stats, u } };
  }
  for (const u of [uQkv, uO, uGateUp]) if (u !== null) gpu.free(u);
  return { middle, gateUp, attention: null };
}

/** out = x·Wᵀ with bias and adapter, plus `residual`. Answers the low-rank activations. */
function project(pass: LayerPass, key: LinearKey, x: Slice, out: Slice, residual?: Slice): Slice | null {
  const { gpu, units, weights, tokens } = pass;
  return linearForward(gpu, {
    unit: units[key],
    weight: weights.linear[key],
    bias: key === 'qkv' ? weights.qkvBias : null,
    adapter: layerAdapter(pass, key),
    x,
    out,
    rows: tokens.rows,
    ...(residual === undefined ? {} : { residual }),
  });
}
