import * as tf from '@tensorflow/tfjs';
import { flushTfjs } from '../../../../src/kernels/tensors';
import { timed } from '../../measure';
import type { MatmulContestant, MatmulProblem } from '../../rows/matmul';
import { gpuIdle, type Session } from '../../session';

/** `tf.matMul` with the weight as it likes it best: measured once in both layouts. */
export async function tfjsMatmul(session: Session, problem: MatmulProblem): Promise<MatmulContestant> {
  const { m, k, n, repeats } = problem;
  const { backend } = session.opened;
  const a = tf.tensor2d(problem.input, [m, k]);
  const plain = tf.tensor2d(problem.transposed, [k, n]);
  const linear = tf.tensor2d(problem.weight, [n, k]);
  const product = (transposed: boolean) =>
    transposed ? tf.matMul(a, linear, false, true) : tf.matMul(a, plain);
  const run = (transposed: boolean, times: number) =>
    timed(async () => {
      for (let i = 0; i < times; i++) product(transposed).dispose();
      flushTfjs(backend);
      await gpuIdle(session);
    });
  const trial = { plain: Infinity, transposed: Infinity };
  for (let i = 0; i < 2; i++) {
    trial.plain = (await run(false, 1))[session.basis];
    trial.transposed = (await run(true, 1))[session.basis];
  }
  const transposed = trial.transposed < trial.plain;
  return {
    name: 'tfjs',
    run: () => run(transposed, repeats),
    result: async () => {
      const out = product(transposed);
      const data = (await out.data()) as Float32Array;
      out.dispose();
      return data;
    },
    dispose: () => tf.dispose([a, plain, linear]),
  };
}
