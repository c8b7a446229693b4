/** The first training step of a fresh process, as `cold-process.ts` starts it: nothing is compiled, nothing cached. */
import { createDawnGpu } from '../runtime/dawn';
import { isArch } from './archs';
import { coldStep } from './cold-step';
import { COLD_ARCH_VARIABLE } from './protocol';

const arch = process.env[COLD_ARCH_VARIABLE] ?? '';
if (!isArch(arch)) throw new Error(`${COLD_ARCH_VARIABLE} names no architecture: '${arch}'.`);
process.on('disconnect', () => process.exit(1));
// As in child.ts: Node must not wait for compiler threads.
setInterval(() => undefined, 1000);
const found = await coldStep(createDawnGpu, arch);
process.send?.(found, () => process.exit(0));
