/**
 * WebGPU in Node: Dawn (npm `webgpu`) on whatever Vulkan driver the machine has.
 * Promise: after {@link createDawnGpu}, `navigator.gpu` and WebGPU's global classes and constants exist, so code
 * written for a browser worker runs unchanged, `@tensorflow/tfjs-backend-webgpu` included.
 */
import { MailGymError, type ErrorName } from '../../errors';
import { dawn } from '../../errors/texts/en/dawn';
import type { TextTable } from '../../errors/texts/types';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type * as webgpu from 'webgpu';
import { isSoftwareAdapter } from '../../kernels/adapter';
import { GpuError } from '../../kernels/errors';
import { calmPolling } from './polling-node';

/** Where Linux distributions keep the manifest of Mesa's software driver. */
export const LAVAPIPE_MANIFESTS = [
  '/usr/share/vulkan/icd.d/lvp_icd.json',
  '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json',
  '/usr/share/vulkan/icd.d/lvp_icd.aarch64.json',
] as const;

/** Dawn is not installed, or found no usable Vulkan driver. */
export class DawnError extends MailGymError {
  static override readonly texts: TextTable = dawn;
  override name: ErrorName<'DawnError'> = 'DawnError';
}

/** Environment variable that names a card, in a part of its name; `--adapter-name` sets it for child processes too. */
export const ADAPTER_VARIABLE = 'MAILGYM_ADAPTER';

/** Dawn's instance dies with its JavaScript object, and its devices with it: hold it for the whole process. */
let shared: Promise<GPU> | null = null;

/**
 * The process's GPU: the card that {@link ADAPTER_VARIABLE} names, or Dawn's first choice. Repeated calls answer the same
 * object.
 * @throws DawnError without Dawn or a driver, GpuError where no card has that name
 */
export function createDawnGpu(): Promise<GPU> {
  shared ??= openGpu().catch((error: unknown) => {
    shared = null;
    throw error;
  });
  return shared;
}

async function openGpu(): Promise<GPU> {
  // Mesa complains on stderr and may refuse to start without a runtime directory, as in containers and CI.
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const { create, globals } = await loadDawn();
  installGlobals(globals);
  const asked = process.env[ADAPTER_VARIABLE] ?? '';
  const found =
    asked === ''
      ? ((await tryDrivers(create)) ?? (await tryLavapipe(create)))
      : await tryDrivers(create, await namedAdapter(create, asked));
  if (!found) {
    throw DawnError.of('dawn/no-driver');
  }
  Object.defineProperty(navigator, 'gpu', { value: found, configurable: true });
  return found;
}

/** Dawn is large and no browser needs it, so whoever wants WebGPU in Node installs it. @throws DawnError */
async function loadDawn(): Promise<typeof webgpu> {
  try {
    return await import('webgpu');
  } catch (cause) {
    throw DawnError.of('dawn/no-package', {}, { cause });
  }
}

/** Names of the cards, by which Dawn takes one. @throws DawnError without Dawn */
export async function adapterNames(): Promise<readonly string[]> {
  return await namesOf((await loadDawn()).create);
}

/** Dawn names its cards only in the error of a wrong choice. */
async function namesOf(create: (typeof webgpu)['create']): Promise<readonly string[]> {
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  try {
    await create([`adapter=${NO_NAME}`]).requestAdapter();
    return [];
  } catch (error) {
    const lines = String(error).matchAll(/name: '(.*)'$/gm);
    return [...new Set([...lines].map(([, name = '']) => name))];
  }
}

/** No card is called so. */
const NO_NAME = '\u0001';

/** @throws GpuError where no card has that name */
async function namedAdapter(create: (typeof webgpu)['create'], asked: string): Promise<string> {
  const found = await namesOf(create);
  const name = found.find((one) => one.toLowerCase().includes(asked.toLowerCase()));
  if (name !== undefined) return name;
  throw GpuError.of('gpu/other-adapter', { asked, found });
}

async function tryDrivers(create: (typeof webgpu)['create'], adapter?: string): Promise<GPU | null> {
  const gpu = create(adapter === undefined ? [] : [`adapter=${adapter}`]);
  return (await hasAdapter(gpu)) ? gpu : null;
}

/** A broken hardware driver can hide the software one; the Vulkan loader reads this variable at each new instance. */
async function tryLavapipe(create: (typeof webgpu)['create']): Promise<GPU | null> {
  const manifest = LAVAPIPE_MANIFESTS.find((path) => existsSync(path));
  if (!manifest || process.env.VK_ICD_FILENAMES === manifest) return null;
  const before = process.env.VK_ICD_FILENAMES;
  process.env.VK_ICD_FILENAMES = manifest;
  const gpu = await tryDrivers(create);
  if (gpu) return gpu;
  if (before === undefined) delete process.env.VK_ICD_FILENAMES;
  else process.env.VK_ICD_FILENAMES = before;
  return null;
}

async function hasAdapter(gpu: GPU): Promise<boolean> {
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter !== null && isSoftwareAdapter(adapter.info)) calmPolling();
    return adapter !== null;
  } catch {
    // Dawn throws where browsers answer null when no backend can start.
    return false;
  }
}

function installGlobals(globals: (typeof webgpu)['globals']): void {
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  // Node 20 has no navigator. tfjs reads userAgent from it to tell phones from computers.
  if (!('navigator' in globalThis)) {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'node' }, configurable: true });
  }
}
