import { jit, numpy as np, tree, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import type { TokenBatch } from '../../batch';
import { timed } from '../../measure';
import { meter } from '../../meter';
import { ADAM, type StepContestant, type StepModel } from '../../steps';
import { startJax } from './runtime';
import { jaxLoss, jaxParams, type Params } from './transformer';

/** What a step takes over and gives back. The powers of Adam's rates live on the GPU: a new number from outside is a new shader. */
type State = { params: Params; first: Params; second: Params; power1: JaxArray; power2: JaxArray };

/** Full-parameter training: loss, gradients and Adam in one `jit`. Its first run traces and compiles, which takes minutes. */
export function jaxStep(model: StepModel, batch: TokenBatch): Promise<StepContestant> {
  return meter.as('jax-js', async () => {
    await startJax();
    const { sequences, length } = batch;
    const params = jaxParams(model.config, model.tensors);
    const zeros = () =>
      Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, np.zeros(shape)]));
    const one = () => np.array(1, { dtype: np.float32 });
    let state: State = { params, first: zeros(), second: zeros(), power1: one(), power2: one() };
    const ids = np.array(batch.inputs, { dtype: np.int32 }).reshape([sequences, length]);
    const targets = np.array(batch.targets, { dtype: np.int32 });
    const update = jit(adamStep(jaxLoss(model.config, sequences, length)));
    const losses: number[] = [];
    return {
      name: 'jax-js',
      losses,
      run: () =>
        meter.as('jax-js', () =>
          timed(async () => {
            const [loss, next] = update(state, ids.ref, targets.ref);
            state = next;
            // Asking for one result of a compiled function computes all of them.
            losses.push((await loss.data())[0] as number);
          }),
        ),
      dispose: () => {
        tree.dispose(state);
        ids.dispose();
        targets.dispose();
        update.dispose();
      },
    };
  });
}

/** @param loss of parameters, ids and targets */
function adamStep(loss: (params: Params, ids: JaxArray, targets: JaxArray) => JaxArray) {
  const { learningRate, beta1, beta2, eps } = ADAM;
  return (state: State, ids: JaxArray, targets: JaxArray): [JaxArray, State] => {
    const { params, first, second } = state;
    const [value, gradients] = valueAndGrad(loss)(tree.ref(params), ids, targets);
    const power1 = state.power1.mul(beta1);
    const power2 = state.power2.mul(beta2);
    const rate = np.array(learningRate).div(np.subtract(1, power1.ref));
    const correction = np.reciprocal(np.subtract(1, power2.ref));
    const next: State = { params: {}, first: {}, second: {}, power1, power2 };
    for (const [name, param] of Object.entries(params)) {
      const gradient = gradients[name] as JaxArray;
      const m = (first[name] as JaxArray).mul(beta1).add(gradient.ref.mul(1 - beta1));
      const v = (second[name] as JaxArray).mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const size = np.sqrt(v.ref.mul(correction.ref)).add(eps);
      next.params[name] = param.sub(m.ref.mul(rate.ref).div(size));
      next.first[name] = m;
      next.second[name] = v;
    }
    rate.dispose();
    correction.dispose();
    return [value, next];
  };
}
