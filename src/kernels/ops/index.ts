/** The kernels as tfjs ops, on its CPU backend and on the WebGPU backend that `openDevice` makes. */
export { adamW, type AdamWVariables } from './adamw';
export { embedding } from './embedding';
export { forestAttention, type ForestOrder } from './forest-attention';
export { grpoLoss, type GrpoLossInputs, lossTerms, type LossTerms } from './grpo-loss';
export { linear, type LinearOptions, type LinearTarget } from './linear';
export { muon, type MuonVariables } from './muon';
export { registeredOps, type RegisteredOp } from './register';
export { rmsNorm } from './rms-norm';
export { rotary, type RotaryOptions } from './rotary';
export { sampleTokens } from './sampling';
export { swiglu } from './swiglu';
export { vocabularyLogProbs } from './vocabulary';
