import * as tf from '@tensorflow/tfjs';
import type { HostTensors } from '../../../../src/formats/tensors';
import { lossConfig } from '../../../../src/grpo/loss-config';
import type { GrpoBatch, GrpoContestant } from '../../grpo';
import { timed } from '../../measure';
import { meter } from '../../meter';
import type { DefaultPolicy } from '../../recorded';
import { TfjsTransformer } from './transformer';

/** One GRPO update on stock ops: a padded row per sequence, every position projected, gradients by tfjs. */
export function tfjsGrpo(
  start: DefaultPolicy,
  adapter: HostTensors,
  batch: GrpoBatch,
): Promise<GrpoContestant> {
  return meter.as('tfjs', async () => {
    const { config, tensors, lora, settings } = start;
    const { beta, temperature } = lossConfig(settings);
    const network = new TfjsTransformer(config, tensors, { kind: 'adapter', lora, adapter });
    const optimizer = tf.train.adam(settings.learningRate, 0.9, 0.999, 1e-8);
    const rows = batch.sequences;
    const length = Math.max(...rows.map(({ ids }) => ids.length));
    const padded = (of: (row: (typeof rows)[number], t: number) => number) =>
      Float32Array.from({ length: rows.length * length }, (_, at) => {
        const row = rows[Math.floor(at / length)] as (typeof rows)[number];
        return at % length < row.ids.length ? of(row, at % length) : 0;
      });
    // Position t predicts token t + 1, so everything about a token stands one place before it.
    const next = (values: (row: (typeof rows)[number]) => ArrayLike<number>) =>
      tf.tensor1d(padded((row, t) => (t + 1 < row.ids.length ? (values(row)[t + 1] as number) : 0)));
    const ids = tf.tensor2d(
      padded((row, t) => row.ids[t] as number),
      [rows.length, length],
      'int32',
    );
    const targets = tf.tidy(() => next((row) => row.ids).toInt());
    const weights = next((row) => row.weights);
    const advantages = next((row) => row.advantages);
    const old = next((row) => row.old);
    const logprobs = (adapterOn: boolean) => {
      const logits = network.logits(ids, adapterOn).div(temperature) as tf.Tensor2D;
      const chosen = tf.oneHot(targets, config.vocabSize).toFloat().mul(logits).sum(1);
      return chosen.sub(tf.logSumExp(logits, 1));
    };
    const objective = (reference: tf.Tensor): tf.Scalar => {
      const logp = logprobs(true);
      const ratio = tf.exp(logp.sub(old));
      const clipped = tf.clipByValue(ratio, 1 - settings.epsilonLow, 1 + settings.epsilonHigh);
      const gain = tf.minimum(ratio.mul(advantages), clipped.mul(advantages));
      const difference = reference.sub(logp);
      const kl = tf.exp(difference).sub(difference).sub(1);
      return gain.neg().add(kl.mul(beta)).mul(weights).sum() as tf.Scalar;
    };
    const contestant: GrpoContestant = {
      name: 'tfjs',
      losses: [],
      norms: [],
      run: () =>
        meter.as('tfjs', () =>
          timed(async () => {
            const reference = tf.tidy(() => logprobs(false));
            const { value, grads } = tf.variableGrads(() => objective(reference), network.variables);
            const norm = tf.tidy(() => {
              const squares = Object.values(grads).map((gradient) => gradient.square().sum());
              return tf.sqrt(squares.reduce((sum, square) => sum.add(square)));
            });
            const clipped = tf.tidy(() => {
              const factor = tf.minimum(tf.scalar(1), tf.scalar(settings.maxGradNorm).div(norm));
              return Object.entries(grads).map(([name, gradient]) => ({
                name,
                tensor: gradient.mul(factor),
              }));
            });
            optimizer.applyGradients(clipped);
            contestant.losses.push((await value.data())[0] as number);
            contestant.norms.push((await norm.data())[0] as number);
            tf.dispose([reference, value, norm, grads, clipped.map(({ tensor }) => tensor)]);
          }),
        ),
      dispose: () => {
        network.dispose();
        optimizer.dispose();
        tf.dispose([ids, targets, weights, advantages, old]);
      },
    };
    return contestant;
  });
}
