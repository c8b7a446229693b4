/** GPU memory of training all parameters. */
import { initWeights } from '../../../src/engine/weights/weights';
import { MODELS, stepSize } from '../archs';
import { randomTokens } from '../batch';
import { plainRow } from '../measure';
import { meter } from '../meter';
import type { Session } from '../session';
import { FULL, ourStep } from '../steps';

const MIB = 2 ** 20;
/** The second step finds the pool as the first left it. */
const STEPS = 2;

export async function memoryRows(session: Session): Promise<void> {
  const { arch, software, opened } = session;
  const config = MODELS[arch];
  const size = stepSize(arch, software);
  const step = ourStep(
    session,
    'ours',
    { config, tensors: initWeights(config, 5) },
    randomTokens(config, size),
    FULL,
  );
  for (let i = 0; i < STEPS; i++) await step.run();
  const told = opened.gpu.memory.peakBytes / MIB;
  session.emit(
    plainRow({
      id: `memory/${arch}`,
      what: `most bytes of GPU buffers at once: a step of all parameters over ${size.sequences} x ${size.length} tokens, f32`,
      unit: 'MiB',
      ours: meter.memory('ours').peak / MIB,
      note: `every buffer of the process, staging and uniforms included; the engine's own account, which counts neither: ${told.toFixed(1)} MiB`,
    }),
  );
  await step.dispose?.();
}
