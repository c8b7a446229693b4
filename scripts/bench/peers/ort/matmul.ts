import { timed } from '../../measure';
import { OnnxModel } from '../../../../src/formats/onnx/model';
import type { MatmulContestant, MatmulProblem } from '../../rows/matmul';
import { gpuIdle, type Session } from '../../session';
import { createSession, gpuTensor } from './runtime';

/** A model of one MatMul with the weight as a constant, input and output in buffers that stay on the GPU. */
export async function ortMatmul(session: Session, problem: MatmulProblem): Promise<MatmulContestant> {
  const { m, k, n, repeats } = problem;
  const { gpu } = session.opened;
  const model = new OnnxModel('matmul');
  model.input('x', 'float32', [m, k]);
  model.constant('w', [k, n], problem.transposed);
  model.node('MatMul', ['x', 'w'], ['y']);
  model.output('y', 'float32', [m, n]);
  const runtime = await createSession(gpu.device, model.finish());
  const input = gpu.upload(problem.input);
  const out = gpu.alloc(m * n);
  const x = gpuTensor(input.buffer, [m, k]);
  const y = gpuTensor(out.buffer, [m, n]);
  return {
    name: 'ort',
    run: () =>
      timed(async () => {
        for (let i = 0; i < repeats; i++) await runtime.run({ x }, { y });
        await gpuIdle(session);
      }),
    result: () => gpu.read(out, m * n),
    dispose: async () => {
      await runtime.release();
      gpu.free(input, out);
    },
  };
}
