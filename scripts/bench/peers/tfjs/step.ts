import * as tf from '@tensorflow/tfjs';
import type { TokenBatch } from '../../batch';
import { timed } from '../../measure';
import { meter } from '../../meter';
import { ADAM, type StepContestant, type StepModel } from '../../steps';
import { TfjsTransformer } from './transformer';

/** Full-parameter training on stock ops, with tfjs's own loss and optimiser. */
export function tfjsStep(model: StepModel, batch: TokenBatch): Promise<StepContestant> {
  return meter.as('tfjs', async () => {
    const network = new TfjsTransformer(model.config, model.tensors, { kind: 'full' });
    const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.eps);
    const ids = tf.tensor2d(batch.inputs, [batch.sequences, batch.length], 'int32');
    const targets = tf.tensor1d(batch.targets, 'int32');
    const losses: number[] = [];
    const loss = () => {
      const wanted = tf.oneHot(targets, model.config.vocabSize).toFloat();
      return tf.losses.softmaxCrossEntropy(wanted, network.logits(ids)) as tf.Scalar;
    };
    return {
      name: 'tfjs',
      losses,
      run: () =>
        meter.as('tfjs', () =>
          timed(async () => {
            const value = optimizer.minimize(loss, true, network.variables);
            if (value === null) throw new Error('tfjs answered no loss.');
            losses.push((await value.data())[0] as number);
            value.dispose();
          }),
        ),
      dispose: () => {
        network.dispose();
        optimizer.dispose();
        tf.dispose([ids, targets]);
      },
    };
  });
}
