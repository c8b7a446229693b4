import type { VocabularyShape } from '../../vocabulary/vocabulary';
import { defineGradientKernel, type Gradient, type Shape } from '../register';
import * as cpu from './cpu';
import * as webgpu from './webgpu';

export type LogProbsAttributes = { readonly temperature: number };
export type LogProbsInputs = 'hidden' | 'head' | 'target';
export type LogProbsOutputs = 'logp' | 'entropy' | 'lse';
type GradientInputs = LogProbsInputs | 'lse' | 'entropy' | 'dlogp' | 'dentropy';

export const shapeOf = (
  shapes: { readonly hidden: Shape; readonly head: Shape },
  { temperature }: LogProbsAttributes,
): VocabularyShape => ({
  rows: shapes.hidden[0] as number,
  width: shapes.hidden[1] as number,
  vocabulary: shapes.head[0] as number,
  temperature,
});

const inputGradient = defineGradientKernel<GradientInputs, never, 'dhidden', LogProbsAttributes>({
  name: 'VocabularyLogProbsInputGradient',
  outputs: ['dhidden'],
  specs: ({ hidden }) => ({ dhidden: { shape: hidden, dtype: 'float32' } }),
  cpu: (inputs, shapes, attrs) => cpu.logProbsGradient(inputs, shapeOf(shapes, attrs)),
  webgpu: (gpu, inputs, outputs, shapes, attrs) =>
    webgpu.logProbsGradient(gpu, { ...inputs, ...outputs }, shapeOf(shapes, attrs)),
});

/** The head's gradient too, which only full-parameter training asks for. */
const fullGradient = defineGradientKernel<GradientInputs, never, 'dhidden' | 'dhead', LogProbsAttributes>({
  name: 'VocabularyLogProbsGradient',
  outputs: ['dhidden', 'dhead'],
  specs: ({ hidden, head }) => ({
    dhidden: { shape: hidden, dtype: 'float32' },
    dhead: { shape: head, dtype: 'float32' },
  }),
  cpu: (inputs, shapes, attrs) => cpu.logProbsGradient(inputs, shapeOf(shapes, attrs)),
  webgpu: (gpu, inputs, outputs, shapes, attrs) =>
    webgpu.logProbsGradient(gpu, { ...inputs, ...outputs }, shapeOf(shapes, attrs)),
});

export const gradient: Gradient<LogProbsInputs, never, LogProbsOutputs, LogProbsAttributes> = {
  kind: 'gradient',
  saves: ['entropy', 'lse'],
  of: ({ dy, inputs, attrs: { temperature }, saved }) => {
    const { hidden, head, target } = inputs;
    const given = {
      hidden,
      head,
      target,
      lse: saved('lse'),
      entropy: saved('entropy'),
      dlogp: dy.logp,
      dentropy: dy.entropy,
    };
    return {
      hidden: () => inputGradient(given, { temperature }).dhidden,
      head: () => fullGradient(given, { temperature }).dhead,
    };
  },
};
