/**
 * No run starts on a device that has not once shown that it computes rightly. It takes seconds, and what was found right is
 * remembered under the adapter, its driver and the version of the program; what was found wrong is looked at anew each time,
 * since a new driver may mend it.
 */
import { GpuError } from '../../kernels/errors';
import type { Gpu } from '../../kernels/gpu';
import type { TuningStore } from '../../kernels/tuning';
import { adapterName } from '../../kernels/adapter';
import { CASES_VERSION, FIRST_CASES, loadCase } from './cases';
import { computeCase, computeProducts } from './golden';
import { hostName, VERSION } from './host';

/** What is remembered. */
const RIGHT = 'right';

export interface TrustOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Says what was computed, once it was right. */
  readonly onNote?: (line: string) => void;
}

/** Name under which a device that computes rightly is remembered. */
export function trustName({ device }: Gpu): string {
  // Older browsers tell nothing about a device's adapter.
  const info: Partial<GPUAdapterInfo> = (device.adapterInfo as GPUAdapterInfo | undefined) ?? {};
  const { vendor, architecture, device: model, description } = info;
  const names = [vendor, architecture, model, description, hostName(), VERSION, CASES_VERSION];
  return ['computes', ...names].filter(Boolean).join(' ');
}

/**
 * Lets a device compute what is known, unless it has done so before.
 * @throws GpuError `gpu/miscomputes`, naming the device and what it computes wrongly
 */
export async function trustDevice(gpu: Gpu, store: TuningStore, options: TrustOptions = {}): Promise<void> {
  const name = trustName(gpu);
  if ((await store.read(name).catch(() => null)) === RIGHT) return;
  const total = FIRST_CASES.length + 1;
  const begin = performance.now();
  const refuse = (what: string, problems: readonly string[]) => {
    if (problems.length === 0) return;
    throw GpuError.of('gpu/miscomputes', {
      adapter: adapterName(gpu.device.adapterInfo),
      what,
      problems: problems.slice(0, 3),
    });
  };
  options.onProgress?.(0, total);
  refuse('products', await computeProducts(gpu));
  for (const [i, golden] of FIRST_CASES.entries()) {
    options.onProgress?.(i + 1, total);
    refuse(golden, await computeCase(gpu, await loadCase(golden)));
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  options.onNote?.(`First run on this device: known cases were computed, all right (${seconds} s).`);
  await store.write(name, RIGHT).catch(() => undefined);
}
