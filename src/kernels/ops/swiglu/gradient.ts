import type { Activation } from '../../swiglu/swiglu';
import { defineGradientKernel, type Gradient } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type GateAttributes = { readonly isGelu: boolean };

export const activationOf = ({ isGelu }: GateAttributes): Activation => (isGelu ? 'gelu_tanh' : 'silu');

const swigluGradient = defineGradientKernel<'gateUp' | 'dy', never, 'dGateUp', GateAttributes>({
  name: 'SwigluGradient',
  outputs: ['dGateUp'],
  specs: ({ gateUp }) => ({ dGateUp: { shape: gateUp, dtype: 'float32' } }),
  cpu: ({ gateUp, dy }, shapes, attrs) => {
    const [rows, width] = shapes.dy as [number, number];
    return { dGateUp: cpu.swigluGradient(gateUp, dy, rows, width, activationOf(attrs)) };
  },
  webgpu: (gpu, { gateUp, dy }, { dGateUp }, shapes, attrs) => {
    const [rows, width] = shapes.dy as [number, number];
    webgpu.swigluGradient(gpu, gateUp, dy, dGateUp, rows, width, activationOf(attrs));
  },
});

export const gradient: Gradient<'gateUp', never, 'y', GateAttributes> = {
  kind: 'gradient',
  of: ({ dy, inputs: { gateUp }, attrs }) => ({
    gateUp: () => swigluGradient({ gateUp, dy: dy.y }, attrs).dGateUp,
  }),
};
