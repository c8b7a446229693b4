import { defineGradientKernel, type Gradient } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

const swigluGradient = defineGradientKernel<'gateUp' | 'dy', never, 'dGateUp', Record<never, never>>({
  name: 'SwigluGradient',
  outputs: ['dGateUp'],
  specs: ({ gateUp }) => ({ dGateUp: { shape: gateUp, dtype: 'float32' } }),
  cpu: ({ gateUp, dy }, shapes) => {
    const [rows, width] = shapes.dy as [number, number];
    return { dGateUp: cpu.swigluGradient(gateUp, dy, rows, width) };
  },
  webgpu: (gpu, { gateUp, dy }, { dGateUp }, shapes) => {
    const [rows, width] = shapes.dy as [number, number];
    webgpu.swigluGradient(gpu, gateUp, dy, dGateUp, rows, width);
  },
});

export const gradient: Gradient<'gateUp', never, 'y', Record<never, never>> = {
  kind: 'gradient',
  of: ({ dy, inputs: { gateUp } }) => ({ gateUp: () => swigluGradient({ gateUp, dy: dy.y }, {}).dGateUp }),
};
