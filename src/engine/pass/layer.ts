/** One layer of the transformer on the GPU, forward: what {@link layerBackward} needs of it is kept or made again. */
import {
  attention,
  forestAttention,
  type ForestQueries,
  type ForestSlices,
  type RunSlices,
} from '../../kernels/attention/attention';
import { embed } from '../../kernels/embedding/embedding';
import type { Gpu, Slice } from '../../kernels/gpu';
import { rmsNorm, rmsNormAdd } from '../../kernels/rms-norm/rms-norm';
import { rotary } from '../../kernels/rotary/rotary';
import { swiglu } from '../../kernels/swiglu/swiglu';
import { linearActivations, type LinearAdapter, linearForward } from './linear';
import type { ActiveAdapter, TokenRows, Visibility } from './trunk';
import type { ModelConfig } from '../types';
import { attentionScale, layerAttention } from '../model/features';
import type { LinearKey, LinearUnit } from '../model/units';
import type { LayerWeights } from '../weights/weights-gpu';

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
  /** Rows of a forest whose output is wanted, with walks of this layer's window; null for all. */
  readonly picked: ForestQueries | null;
  /** Keys and values by slot, [slots, 2, kvHeads, headDim]. */
  readonly cache: Slice;
  readonly adapter: ActiveAdapter | null;
}

/** What the backward pass needs of a layer besides its input and its cache. From `attended` on: of the picked rows. */
export interface SavedLayer {
  /** Only where q and k are normed. */
  readonly qkv: Slice | null;
  readonly q: Slice;
  readonly attended: Slice;
  readonly stats: Slice;
  /** Residual stream between attention and MLP. */
  readonly middle: Slice;
  readonly gateUp: Slice;
  /** What attention and MLP give, only where that is normed. */
  readonly branches: { readonly attention: Slice; readonly mlp: Slice } | null;
  /** Low-rank activations. */
  readonly u: Readonly<Record<LinearKey, Slice | null>>;
}

export function layerAdapter({ adapter, layer }: LayerPass, key: LinearKey): LinearAdapter | null {
  const unit = adapter?.layout.layers[layer]?.[key] ?? null;
  if (adapter === null || unit === null) return null;
  return { unit, parameters: adapter.parameters };
}

/** Rows from the layer's output back to its attention, which it includes. */
export const wantedRows = ({ picked, tokens }: LayerPass): number => picked?.count ?? tokens.rows;

/** What the layer's rows see of a forest or of a cache. */
export function layerSight<Kind extends Visibility>(
  { config, layer }: LayerPass,
  visible: Kind,
): Kind['windows'] extends ReadonlyMap<number, infer Sight> ? Sight : never;
export function layerSight({ config, layer }: LayerPass, visible: Visibility): RunSlices | ForestSlices {
  const { window } = layerAttention(config, layer);
  const own = window === null ? undefined : visible.windows.get(window);
  return own ?? (visible.kind === 'runs' ? visible.runs : visible.forest);
}

/** The layer's output [wanted rows, hidden], owned by the caller like `x`; with `keep`, what the backward pass needs. */
export function layerForward(
  pass: LayerPass,
  x: Slice,
  keep: boolean,
): { output: Slice; saved: SavedLayer | null } {
  const { gpu, config } = pass;
  const { middle, gateUp, attention } = upToGate(pass, x, keep);
  const h = gated(pass, gateUp);
  const output = gpu.alloc(wantedRows(pass) * config.hiddenSize, 'residual');
  const { u: down, branch: mlp } = addBranch(pass, 'down', h, middle, output);
  gpu.free(h);
  if (attention !== null) {
    const { u, branch, ...rest } = attention;
    return { output, saved: { ...rest, middle, gateUp, branches: both(branch, mlp), u: { ...u, down } } };
  }
  gpu.free(middle, gateUp);
  for (const slice of [down, mlp]) if (slice !== null) gpu.free(slice);
  return { output, saved: null };
}

/** What {@link layerForward} keeps, bit for bit, without the layer's output. Fills the cache again. */
export function layerAgain(pass: LayerPass, x: Slice): SavedLayer {
  const { gpu, config, units } = pass;
  const rows = wantedRows(pass);
  const { middle, gateUp, attention } = upToGate(pass, x, true);
  if (attention === null) throw new Error('The layer kept nothing.');
  const { u, branch, ...rest } = attention;
  const adapter = layerAdapter(pass, 'down');
  let down: Slice | null = null;
  let mlp: Slice | null = null;
  if (adapter !== null || branch !== null) {
    const h = gated(pass, gateUp);
    if (branch === null) down = linearActivations(gpu, { unit: units.down, adapter, x: h, rows });
    else {
      mlp = gpu.alloc(rows * config.hiddenSize, 'branch');
      down = project(pass, 'down', h, mlp);
    }
    gpu.free(h);
  }
  return { ...rest, middle, gateUp, branches: both(branch, mlp), u: { ...u, down } };
}

const both = (attention: Slice | null, mlp: Slice | null): SavedLayer['branches'] =>
  attention === null || mlp === null ? null : { attention, mlp };

/** What goes into the MLP's last projection, [wanted rows, intermediate]. */
export function gated(pass: LayerPass, gateUp: Slice): Slice {
  const { gpu, config } = pass;
  const rows = wantedRows(pass);
  const h = gpu.alloc(rows * config.intermediateSize, 'swiglu');
  swiglu(gpu, gateUp, h, rows, config.intermediateSize, config.activation);
  return h;
}

/**
 * out = residual + x·Wᵀ, the end of attention or MLP, normed before the sum where the model does that. Answers the
 * low-rank activations and, where it is normed, the product.
 */
function addBranch(
  pass: LayerPass,
  key: 'o' | 'down',
  x: Slice,
  residual: Slice,
  out: Slice,
): { u: Slice | null; branch: Slice | null } {
  const { gpu, config, weights } = pass;
  const norms = weights.branchNorms;
  if (norms === null) return { u: project(pass, key, x, out, residual), branch: null };
  const { hiddenSize: width, rmsNormEps: eps } = config;
  const rows = wantedRows(pass);
  const branch = gpu.alloc(rows * width, 'branch');
  const u = project(pass, key, x, branch);
  const w = key === 'o' ? norms.attention : norms.mlp;
  rmsNormAdd(gpu, { x: branch, w, residual, out }, { rows, width, eps });
  return { u, branch };
}

interface UpToGate {
  readonly middle: Slice;
  readonly gateUp: Slice;
  /** Null when nothing is kept. */
  readonly attention:
    | (Omit<SavedLayer, 'middle' | 'gateUp' | 'branches' | 'u'> & {
        /** What attention gives, where that is normed. */
        readonly branch: Slice | null;
        readonly u: Omit<SavedLayer['u'], 'down'>;
      })
    | null;
}

/** The layer's keys and values, into its cache. */
export function layerKeys(pass: LayerPass, x: Slice): void {
  const { q, qkv, u } = queries(pass, x);
  pass.gpu.free(q, qkv);
  if (u !== null) pass.gpu.free(u);
}

/** Queries, and the input projection they come from; keys and values go to the cache. All are the caller's. */
function queries(pass: LayerPass, x: Slice): { q: Slice; qkv: Slice; u: Slice | null } {
  const { gpu, config, weights, units, tokens, cache, rotaryTable: table } = pass;
  const { rows, position, slot } = tokens;
  const { hiddenSize: d, heads, kvHeads, headDim, rmsNormEps: eps } = config;
  const normed = gpu.alloc(rows * d, 'normed');
  rmsNorm(gpu, x, weights.inputNorm, normed, { rows, width: d, eps });
  const qkv = gpu.alloc(rows * units.qkv.outputs, 'qkv');
  const u = project(pass, 'qkv', normed, qkv);
  gpu.free(normed);
  const q = gpu.alloc(rows * heads * headDim, 'q');
  rotary(
    gpu,
    { qkv, table, position, slot, q, cache, norm: weights.qkNorm },
    { rows, heads, kvHeads, headDim, eps },
  );
  return { q, qkv, u };
}

/** Attention and the first half of the MLP. */
function upToGate(pass: LayerPass, x: Slice, keep: boolean): UpToGate {
  const { gpu, config, weights, tokens, cache, picked } = pass;
  const { rows, visible } = tokens;
  const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = config;
  const shape = { rows, heads, kvHeads, headDim, scale: attentionScale(config) };
  const { q, qkv, u: uQkv } = queries(pass, x);
  const keepQkv = keep && weights.qkNorm !== null;
  if (!keepQkv) gpu.free(qkv);
  const wanted = wantedRows(pass);
  const attended = gpu.alloc(wanted * heads * headDim, 'attended');
  const stats = gpu.alloc(wanted * heads * 2, 'attention stats');
  if (visible.kind === 'runs')
    attention(gpu, { q, cache, visible: layerSight(pass, visible), out: attended, stats }, shape);
  else {
    const { end, window, all } = layerSight(pass, visible);
    forestAttention(gpu, { q, cache, end, window, queries: picked ?? all, out: attended, stats }, shape);
  }
  if (!keep) gpu.free(q, stats);
  const middle = gpu.alloc(wanted * d, 'residual');
  const before = picked === null ? x : gpu.alloc(wanted * d, 'picked rows');
  // The same lookup as that of embeddings, by rows instead of ids.
  if (picked !== null) embed(gpu, picked.rows, [{ slice: x, firstRow: 0, rows }], before, wanted, d);
  const { u: uO, branch } = addBranch(pass, 'o', attended, before, middle);
  if (picked !== null) gpu.free(before);
  if (!keep) gpu.free(attended);
  const normed = gpu.alloc(wanted * d, 'normed');
  rmsNorm(gpu, middle, weights.postNorm, normed, { rows: wanted, width: d, eps });
  const gateUp = gpu.alloc(wanted * 2 * f, 'gate and up');
  const uGateUp = project(pass, 'gateUp', normed, gateUp);
  gpu.free(normed);
  if (keep) {
    const u = { qkv: uQkv, o: uO, gateUp: uGateUp };
    return { middle, gateUp, attention: { qkv: keepQkv ? qkv : null, q, attended, stats, branch, u } };
  }
  for (const slice of [uQkv, uO, uGateUp, branch]) if (slice !== null) gpu.free(slice);
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
    rows: key === 'qkv' ? tokens.rows : wantedRows(pass),
    ...(residual === undefined ? {} : { residual }),
  });
}
