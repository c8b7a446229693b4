import type * as tf from '@tensorflow/tfjs';
import { type DrawParams, SAMPLE_KEY_WORDS, SAMPLE_OUT_WORDS } from '../../sampling/sampling';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp, type Shape } from '../register';
import * as cpu from './cpu';
import { gradient, type SamplingAttributes } from './gradient';
import * as webgpu from './webgpu';

const sizes = (logits: Shape) => [logits[0] as number, logits[1] as number] as const;

const run = defineOp<'logits' | 'keys', never, 'drawn', SamplingAttributes>(
  {
    name: 'SampleTokens',
    outputs: ['drawn'],
    specs: ({ logits }) => ({ drawn: { shape: [logits[0] as number, SAMPLE_OUT_WORDS], dtype: 'float32' } }),
    cpu: ({ logits, keys }, shapes, attrs) => ({
      drawn: cpu.sampleTokens(logits, keys, ...sizes(shapes.logits), attrs),
    }),
    webgpu: (gpu, { logits, keys }, { drawn }, shapes, attrs) =>
      webgpu.sampleTokens(gpu, { logits, rows: keys, out: drawn }, ...sizes(shapes.logits), attrs),
  },
  gradient,
);

/**
 * Draws one token per row after temperature, top-k, top-p and min-p, as a function of the seed and the row's key alone.
 * Not differentiable.
 * @param logits [rows, vocabulary], before the temperature; vocabulary below 2^24
 * @param keys int32 [rows, 4]: step, group, rollout, position
 * @returns per row token id, log-prob at the temperature, log-prob among the kept tokens, and their number, [rows, 4]
 * @throws OpError
 */
export function sampleTokens(logits: tf.Tensor, keys: tf.Tensor, params: DrawParams): tf.Tensor2D {
  checkTensors('sampleTokens', {
    logits: [logits, 'float32', ['rows', 'vocabulary']],
    keys: [keys, 'int32', ['rows', SAMPLE_KEY_WORDS]],
  });
  const { temperature, topK, topP, minP, seed, stream } = params;
  checkNumbers('sampleTokens', {
    vocabulary: [logits.shape[1] as number, 1, 2 ** 24, 'integer'],
    temperature: [temperature, 0, 1e6],
    topK: [topK, 0, 2 ** 24, 'integer'],
    topP: [topP, Number.MIN_VALUE, 1],
    minP: [minP, 0, 1],
    seed: [seed, 0, 2 ** 32 - 1, 'integer'],
    stream: [stream, 0, 2 ** 32 - 1, 'integer'],
  });
  return run({ logits, keys }, { temperature, topK, topP, minP, seed, stream }).drawn as tf.Tensor2D;
}
