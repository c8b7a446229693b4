/** The first training step of a fresh process, as `rows/cold-start.ts` starts it: nothing is compiled, nothing cached. */
import { openDevice } from '../../src/kernels/device';
import { initWeights } from '../../src/policy/weights';
import { createDawnGpu, isSoftware } from '../runtime/dawn';
import { isArch, MODELS, stepSize } from './archs';
import { randomTokens } from './batch';
import { timed } from './measure';
import { COLD_ARCH_VARIABLE, type ColdStart } from './protocol';
import { FULL, ourStep, type StepContestant } from './steps';

const arch = process.env[COLD_ARCH_VARIABLE] ?? '';
if (!isArch(arch)) throw new Error(`${COLD_ARCH_VARIABLE} names no architecture: '${arch}'.`);
process.on('disconnect', () => process.exit(1));
// As in child.ts: Node must not wait for compiler threads.
setInterval(() => undefined, 1000);
const config = MODELS[arch];
const model = { config, tensors: initWeights(config, 5) };
let step: StepContestant | null = null;
let programs = 0;
const first = await timed(async () => {
  const opened = await openDevice(await createDawnGpu());
  const batch = randomTokens(config, stepSize(arch, isSoftware(opened.adapter)));
  step = ourStep({ opened }, 'ours', model, batch, FULL);
  await step.run();
  programs = opened.gpu.programs.length;
});
const second = await (step as StepContestant | null)?.run();
if (second !== undefined)
  process.send?.({ first, second, programs } satisfies ColdStart, () => process.exit(0));
