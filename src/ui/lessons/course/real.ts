import { bytes } from '../../format';
import { t } from '../../texts';
import type { Lesson } from '../types';
import { question, smallRun } from './shared';

const WEIGHTS = 500e6;

export const real: Lesson = {
  id: 'real',
  minutes: [6, 7],
  steps: [
    {
      words: () => t.lessonReal.steps.memory,
      actions: smallRun(2),
      done: ({ run }) => run.memory !== null,
      right: () => 1,
      explain: ({ run: { memory } }) => {
        // README, "Models and memory": bytes a weight on the GPU; int4 with embedding and head at 2.
        const scaled = t.lessonReal.scaled({ f32: bytes(4 * WEIGHTS), int4: bytes(0.625 * WEIGHTS) });
        if (memory === null) return [scaled];
        const { peakBytes, weights, activations } = memory;
        const own = { all: bytes(peakBytes), weights: bytes(weights), activations: bytes(activations) };
        return [t.lessonReal.memory(own), scaled];
      },
    },
    { words: () => t.lessonReal.steps.model, mark: '.controls .model' },
    question(
      () => t.lessonReal.steps.changes,
      1,
      () => [t.lessonReal.start],
    ),
    { words: () => t.lessonReal.steps.own, mark: '.controls .environment' },
  ],
};
