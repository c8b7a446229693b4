import * as tf from '@tensorflow/tfjs';
import type { TokenBatch } from '../../batch';
import { timed } from '../../measure';
import { meter } from '../../meter';
import { ADAM, type StepContestant, type StepModel } from '../../steps';
import { loadNanogpt } from './runtime';

/** A model of the same size as ours, trained by the library's own trainer; its losses can be held against nothing of ours. */
export function nanogptStep(
  { config }: StepModel,
  batch: TokenBatch,
): Promise<StepContestant & { readonly note: string }> {
  return meter.as('nanogpt', async () => {
    const nanogpt = await loadNanogpt();
    const { sequences, length } = batch;
    const made = await nanogpt.use(async () => {
      const model = new nanogpt.Model({
        modelType: 'GenAI_NanoGPT_v1',
        vocabSize: config.vocabSize,
        blockSize: length,
        nLayer: config.layers,
        nHead: config.heads,
        nEmbed: config.hiddenSize,
        // Two matrices instead of SwiGLU's three.
        mlpFactor: (1.5 * config.intermediateSize) / config.hiddenSize,
        useRope: true,
      });
      const trainer = new nanogpt.Trainer(model, null, {
        learningRate: ADAM.learningRate,
        minLearningRate: ADAM.learningRate,
        beta1: ADAM.beta1,
        beta2: ADAM.beta2,
        epsilon: ADAM.eps,
        weightDecay: ADAM.weightDecay,
        warmupSteps: 0,
      });
      const xs = tf.tensor2d(batch.inputs, [sequences, length], 'int32');
      const ys = tf.tensor2d(batch.targets, [sequences, length], 'int32');
      return { model, trainer, xs, ys };
    });
    const { model, trainer, xs, ys } = made;
    const losses: number[] = [];
    return {
      name: 'nanogpt',
      losses,
      note: `peer: embeddings tied, GELU between two matrices, weights of its own, ${model.getNumParams()} parameters`,
      run: () =>
        meter.as('nanogpt', () =>
          nanogpt.use(() =>
            timed(async () => {
              const loss = trainer.trainStep({}, { xs, ys });
              losses.push((await loss.data())[0] as number);
              loss.dispose();
            }),
          ),
        ),
      dispose: () =>
        nanogpt.use(async () => {
          trainer.dispose();
          model.dispose();
          tf.dispose([xs, ys]);
        }),
    };
  });
}
