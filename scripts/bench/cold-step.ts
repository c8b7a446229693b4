/** The first training step on a device that has compiled nothing. */
import { openDevice } from '../../src/kernels/device';
import { initWeights } from '../../src/engine/weights/weights';
import { isSoftware } from '../runtime/adapter';
import { MODELS, stepSize, type ArchName } from './archs';
import { randomTokens } from './batch';
import { timed } from './measure';
import type { ColdStart } from './protocol';
import { FULL, ourStep, type StepContestant } from './steps';

/** @param open loads WebGPU itself, which counts too */
export async function coldStep(open: () => Promise<GPU> | GPU, arch: ArchName): Promise<ColdStart> {
  const config = MODELS[arch];
  const model = { config, tensors: initWeights(config, 5) };
  const started: { step?: StepContestant; programs?: number } = {};
  const first = await timed(async () => {
    const opened = await openDevice(await open());
    const software = isSoftware(opened.adapter);
    const batch = randomTokens(config, stepSize(arch, software));
    started.step = ourStep({ opened, software }, 'ours', model, batch, FULL);
    await started.step.run();
    started.programs = opened.gpu.programs.length;
  });
  const { step, programs = 0 } = started;
  if (step === undefined) throw new Error('The first step did not begin.');
  return { first, second: await step.run(), programs };
}
