/** Which device a command computes on: `--adapter-name TEXT` and `--require-gpu`. */
import { GpuError } from '../../src/kernels/errors';
import { ADAPTER_VARIABLE } from '../../src/run/platform/dawn-node';
import type { DeviceReport } from '../../src/run/types';
import { deviceName } from '../../src/run/probe';
import { describeAdapter, isSoftware } from './adapter';

export const DEVICE_VALUES = ['adapter-name'] as const;
export const DEVICE_SWITCHES = ['require-gpu'] as const;
export const DEVICE_USAGE = '[--adapter-name TEXT] [--require-gpu]';
const REQUIRE_VARIABLE = 'MAILGYM_REQUIRE_GPU';

/** Benchmarks run in processes of their own: what was asked for is told to them by the environment. */
export function useDeviceOptions(options: Readonly<Record<string, string | undefined>>): void {
  const name = options['adapter-name'];
  if (name !== undefined) process.env[ADAPTER_VARIABLE] = name;
  if (options['require-gpu'] === 'true') process.env[REQUIRE_VARIABLE] = '1';
}

export const requiresGpu = (): boolean => !['', '0', undefined].includes(process.env[REQUIRE_VARIABLE]);

/** @throws GpuError where a graphics card is required and this is none */
export function assertCard(adapter: GPUAdapter): void {
  if (requiresGpu() && isSoftware(adapter))
    throw GpuError.of('gpu/software-refused', { adapter: describeAdapter(adapter) });
}

/** @throws GpuError where the browser has no device, or another than was asked for */
export function assertBrowserDevice(
  device: DeviceReport,
): asserts device is Extract<DeviceReport, { ok: true }> {
  if (!device.ok) throw GpuError.of('gpu/none-here', { problem: device.problem, remedy: device.remedy });
  const name = deviceName(device);
  if (requiresGpu() && device.software) throw GpuError.of('gpu/software-refused', { adapter: name });
  const asked = process.env[ADAPTER_VARIABLE] ?? '';
  // A browser takes the card that its flags and the system give it; what it is can only be looked at.
  if (!name.toLowerCase().includes(asked.toLowerCase()))
    throw GpuError.of('gpu/other-adapter', { asked, found: [name] });
}
