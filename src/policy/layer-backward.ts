/** One layer of the transformer on the GPU, backward. */
import { forestAttentionGradient } from '../kernels/attention/attention';
import type { Slice } from '../kernels/gpu';
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from '../kernels/rms-norm/rms-norm';
import { rotaryGradient } from '../kernels/rotary/rotary';
import { swiglu, swigluGradient } from '../kernels/swiglu/swiglu';
import { layerAdapter, type LayerPass, type SavedLayer } from './layer';
import { linearBackward } from './linear';
import type { GradientTarget } from './trunk';
import type { LinearKey } from './units';
import type { LayerWeights } from './weights-gpu';

/**
 * Adds to `target` the layer's gradients from `dOutput` and frees what was saved. `x` is the layer's input.
 * Answers the gradient of x, owned by the caller; null below layer 0 of an adapter, where nothing needs it.
 */
export function layerBackward(
  pass: LayerPass,
  x: Slice,
  saved: SavedLayer,
  dOutput: Slice,
  target: GradientTarget,
): Slice | null {
  const { gpu, config, weights, units, tokens, cache, rotaryTable: table } = pass;
  const { rows } = tokens;
  const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = config;
  const full = target.kind === 'full' ? (target.gradient.layers[pass.layer] as LayerWeights) : null;
  const norm = { rows, width: d, eps };
  const back = (key: LinearKey, input: Slice, dy: Slice, dx: Slice | null) => {
    linearBackward(gpu, {
      unit: units[key],
      weight: weights.linear[key],
      adapter: layerAdapter(pass, key),
      adapterGradient: target.kind === 'adapter' ? target.gradient : null,
      u: saved.u[key],
      x: input,
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
  const dcache = gpu.alloc(rows * 2 * kvHeads * headDim, 'd keys and values');
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
  rmsNorm(gpu, x, weights.inputNorm, normed, norm);
  // Below layer 0 there is only the embedding, which an adapter does not train.
  const needsInput = pass.layer > 0 || full !== null;
  back('qkv', normed, dqkv, needsInput ? dNormed : null);
  let dInput: Slice | null = null;
  if (needsInput) {
    dInput = gpu.alloc(rows * d, 'd residual');
    rmsNormGradient(gpu, { x, w: weights.inputNorm, dy: dNormed, dx: dInput, residual: dMiddle }, norm);
    if (full !== null) rmsNormWeightGradient(gpu, { x, dy: dNormed, dw: full.inputNorm }, norm);
  }
  gpu.free(dqkv, normed, dNormed, dMiddle);
  return dInput;
}
