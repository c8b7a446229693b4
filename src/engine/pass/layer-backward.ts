/** One layer of the transformer on the GPU, backward. */
import { forestAttentionGradient } from '../../kernels/attention/attention';
import type { Slice } from '../../kernels/gpu';
import { scatterRows } from '../../kernels/reduce/scatter';
import { rmsNorm, rmsNormGradient, rmsNormWeightGradient } from '../../kernels/rms-norm/rms-norm';
import { rotaryGradient } from '../../kernels/rotary/rotary';
import { swigluGradient } from '../../kernels/swiglu/swiglu';
import { gated, layerAdapter, type LayerPass, layerSight, type SavedLayer, wantedRows } from './layer';
import { linearBackward } from './linear';
import type { GradientTarget } from './trunk';
import { attentionScale } from '../model/features';
import type { LinearKey } from '../model/units';
import type { LayerWeights } from '../weights/weights-gpu';

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
  const { gpu, config, weights, units, tokens, cache, rotaryTable: table, picked } = pass;
  const { rows } = tokens;
  const wanted = wantedRows(pass);
  const { hiddenSize: d, heads, kvHeads, headDim, intermediateSize: f, rmsNormEps: eps } = config;
  const full = target.kind === 'full' ? (target.gradient.layers[pass.layer] as LayerWeights) : null;
  const norm = { rows: wanted, width: d, eps };
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
      rows: key === 'qkv' ? rows : wanted,
    });
    const u = saved.u[key];
    if (u !== null) gpu.free(u);
  };
  /** The gradient of a branch from that of the sum which its norm is added to; `dSum` itself where it is not normed. */
  const ofBranch = (key: 'attention' | 'mlp', dSum: Slice): Slice => {
    if (saved.branches === null || weights.branchNorms === null) return dSum;
    const dx = gpu.alloc(wanted * d, 'd branch');
    rmsNormGradient(
      gpu,
      { x: saved.branches[key], w: weights.branchNorms[key], dy: dSum, dx },
      { rows: wanted, width: d, eps },
    );
    gpu.free(saved.branches[key]);
    return dx;
  };
  // MLP.
  const h = gated(pass, saved.gateUp);
  const dh = gpu.alloc(wanted * f, 'd swiglu');
  const dMlp = ofBranch('mlp', dOutput);
  back('down', h, dMlp, dh);
  if (dMlp !== dOutput) gpu.free(dMlp);
  const dGateUp = gpu.alloc(wanted * 2 * f, 'd gate and up');
  swigluGradient(gpu, saved.gateUp, dh, dGateUp, wanted, f, config.activation);
  gpu.free(h, dh, saved.gateUp);
  const heard = gpu.alloc(wanted * d, 'normed');
  rmsNorm(gpu, saved.middle, weights.postNorm, heard, norm);
  const dHeard = gpu.alloc(wanted * d, 'd normed');
  back('gateUp', heard, dGateUp, dHeard);
  gpu.free(heard, dGateUp);
  const dMiddle = gpu.alloc(wanted * d, 'd residual');
  rmsNormGradient(
    gpu,
    { x: saved.middle, w: weights.postNorm, dy: dHeard, dx: dMiddle, residual: dOutput },
    norm,
  );
  if (full !== null) rmsNormWeightGradient(gpu, { x: saved.middle, dy: dHeard, dw: full.postNorm }, norm);
  gpu.free(dHeard, saved.middle);
  // Attention.
  const dAttended = gpu.alloc(wanted * heads * headDim, 'd attended');
  const dAttention = ofBranch('attention', dMiddle);
  back('o', saved.attended, dAttention, dAttended);
  if (dAttention !== dMiddle) gpu.free(dAttention);
  const dq = gpu.alloc(rows * heads * headDim, 'd q');
  const dcache = gpu.alloc(rows * 2 * kvHeads * headDim, 'd keys and values');
  if (tokens.visible.kind !== 'forest') throw new Error('Only forests have a backward pass.');
  const { end, window, all } = layerSight(pass, tokens.visible);
  if (picked !== null) gpu.clear(dq);
  forestAttentionGradient(
    gpu,
    {
      q: saved.q,
      cache,
      end,
      window,
      queries: picked ?? all,
      out: saved.attended,
      dout: dAttended,
      stats: saved.stats,
      dq,
      dcache,
    },
    { rows, heads, kvHeads, headDim, scale: attentionScale(config) },
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
  const normed = gpu.alloc(rows * d, 'normed');
  const inputNorm = { rows, width: d, eps };
  rmsNorm(gpu, x, weights.inputNorm, normed, inputNorm);
  // Below layer 0 there is only the embedding, which an adapter does not train.
  const needsInput = pass.layer > 0 || full !== null;
  const dNormed = needsInput ? gpu.alloc(rows * d, 'd normed') : null;
  back('qkv', normed, dqkv, dNormed);
  gpu.free(dqkv, normed);
  if (dNormed === null) {
    gpu.free(dMiddle);
    return null;
  }
  let residual = dMiddle;
  if (picked !== null) {
    residual = gpu.alloc(rows * d, 'gradient of all rows');
    scatterRows(gpu, picked.before, dMiddle, residual, rows, d);
    gpu.free(dMiddle);
  }
  const dInput = gpu.alloc(rows * d, 'd residual');
  rmsNormGradient(gpu, { x, w: weights.inputNorm, dy: dNormed, dx: dInput, residual }, inputNorm);
  if (full !== null) rmsNormWeightGradient(gpu, { x, dy: dNormed, dw: full.inputNorm }, inputNorm);
  gpu.free(dNormed, residual);
  return dInput;
}
