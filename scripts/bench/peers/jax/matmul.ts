import { jit, numpy as np, type Array as JaxArray } from '@jax-js/jax';
import { timed } from '../../measure';
import { meter } from '../../meter';
import type { MatmulContestant, MatmulProblem } from '../../rows/matmul';
import type { Session } from '../../session';
import { blockUntilReady, startJax } from './runtime';

/** `jit(matmul)` with the weight as [k, n]; jax-js fuses no transposition into its product. */
export function jaxMatmul(_session: Session, problem: MatmulProblem): Promise<MatmulContestant> {
  return meter.as('jax-js', async () => {
    await startJax();
    const { m, k, n, repeats } = problem;
    const product = jit((x: JaxArray, w: JaxArray) => np.matmul(x, w));
    const x = np.array(problem.input).reshape([m, k]);
    const w = np.array(problem.transposed).reshape([k, n]);
    return {
      name: 'jax-js',
      run: () =>
        timed(async () => {
          // jax-js computes when asked to: a result that is let go before may never be computed.
          const results = Array.from({ length: repeats }, () => product(x.ref, w.ref));
          await blockUntilReady(results);
          for (const y of results) y.dispose();
        }),
      result: async () => (await product(x.ref, w.ref).data()) as Float32Array,
      dispose: () => {
        x.dispose();
        w.dispose();
        product.dispose();
      },
    };
  });
}
