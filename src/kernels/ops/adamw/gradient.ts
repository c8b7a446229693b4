import type { Gradient } from '../register';

export type AdamWInputs = 'parameters' | 'gradient' | 'm' | 'v';
export type AdamWAttributes = {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly step: number;
};

export const gradient: Gradient<AdamWInputs, never, 'parameters' | 'm' | 'v' | 'norm', AdamWAttributes> = {
  kind: 'none',
  reason: 'an optimiser step ends a graph',
};
