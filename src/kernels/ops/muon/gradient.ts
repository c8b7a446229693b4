import type { Gradient } from '../register';

export type MuonInputs = 'parameters' | 'gradient' | 'momentum';
export type MuonAttributes = {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
};

export const gradient: Gradient<MuonInputs, never, 'parameters' | 'momentum', MuonAttributes> = {
  kind: 'none',
  reason: 'an optimiser step ends a graph',
};
