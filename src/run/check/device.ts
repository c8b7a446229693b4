/** Looks a device over: what it offers, whether it computes rightly, how fast it is. One home for `doctor` and the page. */
import { foreign, MailGymError } from '../../errors';
import { adapterName, isSoftwareAdapter } from '../../kernels/adapter';
import { openDevice, type OpenedDevice } from '../../kernels/device';
import { tuneKernels, type TuningStore } from '../../kernels/tuning';
import { isFatal } from '../../report/check/types';
import type {
  AdapterFacts,
  CaseCheck,
  DeviceCheck,
  DeviceFault,
  DeviceProblem,
  DeviceRates,
  KnownCard,
  LimitCheck,
} from '../../report/check/types';
import { probeDevice } from '../probe';
import { knownCard } from './cards';
import { GOLDEN_CASES, loadCase } from './cases';
import { computeCase, computeProducts } from './golden';
import { hostName, VERSION } from './host';
import { measureRates, wallClock } from './rates';

/** WebGPU's guaranteed minimum, with which all golden cases pass (tests/gpu/golden.test.ts). */
const NEEDED = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
} as const;
/** Used where they are there. */
const FEATURES = ['subgroups', 'shader-f16', 'timestamp-query'] as const;
/** Below this share of its data sheet something slows a card down: a goal for our kernels is half in large products. */
const SLOW_SHARE = 0.25;

export interface CheckOptions {
  /** Keeps what was measured about the graphics card. */
  readonly tuning: TuningStore;
  /** Hears what is looked at next: `kernels`, a case by its name, `rates`. */
  readonly onProgress?: (what: string) => void;
}

/**
 * Opens a device of its own, and closes it at the end.
 * @param webgpu `navigator.gpu`; undefined where there is none
 */
export async function checkDevice(webgpu: GPU | undefined, options: CheckOptions): Promise<DeviceCheck> {
  const probe = await probeDevice(webgpu);
  if (!probe.ok || webgpu === undefined) {
    const { problem, remedy, why } = probe as Extract<typeof probe, { ok: false }>;
    return withoutDevice(problem, remedy, why);
  }
  let opened: OpenedDevice;
  try {
    opened = await openDevice(webgpu);
  } catch (error) {
    return reportOf({ adapter: null, problems: [failed('device', error)] });
  }
  try {
    return await checkOpened(opened, options);
  } finally {
    opened.gpu.device.destroy();
  }
}

/** What is told where there is no device to look at. */
export function withoutDevice(problem: string, remedy: string, why: DeviceFault | null = null): DeviceCheck {
  return reportOf({ adapter: null, problems: [{ kind: 'none', why, problem, remedy }] });
}

/** As {@link checkDevice}, on a device that is open and stays so. */
export async function checkOpened(
  { gpu, adapter }: Pick<OpenedDevice, 'gpu' | 'adapter'>,
  { tuning, onProgress = () => undefined }: CheckOptions,
): Promise<DeviceCheck> {
  const { info } = adapter;
  const limits = Object.entries(NEEDED).map(([name, needed]): LimitCheck => {
    return { name, offered: adapter.limits[name as keyof typeof NEEDED], needed };
  });
  const features = FEATURES.map((name) => ({
    name,
    offered: adapter.features.has(name as GPUFeatureName),
  }));
  const problems: DeviceProblem[] = [];
  if (isSoftwareAdapter(info)) problems.push({ kind: 'software' });
  for (const limit of limits) if (limit.offered < limit.needed) problems.push({ kind: 'limit', ...limit });
  if (!adapter.features.has('subgroups' as GPUFeatureName))
    problems.push({ kind: 'feature', name: 'subgroups' });
  onProgress('kernels');
  await tuneKernels(gpu, tuning).catch((error: unknown) => problems.push(failed('kernels', error)));
  const cases: CaseCheck[] = [];
  const compute = async (name: string, work: () => Promise<string[]>) => {
    onProgress(name);
    const begin = performance.now();
    try {
      const wrong = await work();
      cases.push({ name, problems: wrong, seconds: (performance.now() - begin) / 1000 });
      if (wrong.length > 0) problems.push({ kind: 'miscomputes', name, problems: wrong });
    } catch (error) {
      problems.push(failed(name, error));
    }
  };
  await compute('products', () => computeProducts(gpu));
  for (const name of GOLDEN_CASES) await compute(name, async () => computeCase(gpu, await loadCase(name)));
  onProgress('rates');
  let rates: DeviceRates | null = null;
  try {
    rates = await measureRates(gpu, wallClock, gpu.isSoftware);
    gpu.check();
  } catch (error) {
    problems.push(failed('rates', error));
  }
  const card = knownCard(info);
  if (rates !== null && card !== null) problems.push(...slow(rates, card));
  return reportOf({ adapter: factsOf(info), limits, features, cases, rates, card, problems });
}

function reportOf(found: Pick<DeviceCheck, 'adapter' | 'problems'> & Partial<DeviceCheck>): DeviceCheck {
  const ok = !found.problems.some(isFatal);
  return {
    ...{ version: VERSION, host: hostName(), limits: [], features: [], cases: [], rates: null, card: null },
    ...found,
    ok,
  };
}

function factsOf(info: GPUAdapterInfo): AdapterFacts {
  const { vendor, architecture, description, subgroupMinSize, subgroupMaxSize } =
    info as Partial<GPUAdapterInfo>;
  return {
    name: adapterName(info),
    vendor: vendor ?? '',
    architecture: architecture ?? '',
    driver: description ?? '',
    software: isSoftwareAdapter(info),
    subgroups:
      subgroupMinSize === undefined || subgroupMaxSize === undefined
        ? null
        : [subgroupMinSize, subgroupMaxSize],
  };
}

/** Where a card gives far less than it should. */
export function slow(rates: DeviceRates, card: KnownCard): DeviceProblem[] {
  const found = [
    ['matmul', rates.matmulFlops, card.flops],
    ['memory', rates.bytes, card.bytes],
  ] as const;
  return found
    .filter(([, measured, expected]) => measured < SLOW_SHARE * expected)
    .map(([what, measured, expected]) => ({ kind: 'slow', what, measured, expected }));
}

function failed(what: string, error: unknown): DeviceProblem {
  const reason = error instanceof MailGymError ? error.message : foreign(error);
  return { kind: 'failed', what, reason };
}
