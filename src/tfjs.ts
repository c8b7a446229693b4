/**
 * `mailgym/tfjs`: MailGym's kernels as TensorFlow.js ops, each with a gradient where it has one, for people who build
 * with TensorFlow.js. Importing this module registers all of them for the backends `cpu` and `webgpu`.
 *
 * On the CPU nothing else is needed: `await tf.setBackend('cpu')`. The CPU kernels sum in float64 and are the reference
 * of the others. On WebGPU call {@link useWebGpu}, once, instead of `tf.setBackend('webgpu')`.
 *
 * All ops check shapes and numbers before anything runs, and throw {@link OpError}. Tensors are float32 unless it says
 * int32. Nothing has a second derivative.
 * @module
 */
export { DeviceLostError, GpuError, OpError } from './kernels/errors';
export {
  adamW,
  type AdamWVariables,
  embedding,
  forestAttention,
  type ForestOrder,
  grpoLoss,
  type GrpoLossInputs,
  linear,
  type LinearOptions,
  type LinearTarget,
  lossTerms,
  type LossTerms,
  muon,
  type MuonVariables,
  registeredOps,
  type RegisteredOp,
  rmsNorm,
  rotary,
  type RotaryOptions,
  sampleTokens,
  swiglu,
  vocabularyLogProbs,
} from './kernels/ops';
export type { AdamWStep } from './kernels/optimizer/adamw';
export type { MuonStep } from './kernels/optimizer/muon';
export { rotaryTable, type RotaryScaling } from './kernels/rotary/rotary';
export type { DrawParams } from './kernels/sampling/sampling';
export { clippedTerm } from './grpo/objectives/clipped';
export type { RowTerm } from './kernels/vocabulary/row-loss';
export {
  maskedGrpoLoss,
  maskedGrpoRows,
  type MaskedGrpoConfig,
  type MaskedGrpoInputs,
  type MaskedGrpoRows,
  type MaskedGrpoRowsOptions,
  type MaskedSequence,
} from './tfjs/masked-grpo';
export { useWebGpu, type WebGpuOptions, type WebGpuSession } from './tfjs/session';
