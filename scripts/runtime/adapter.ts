/** What an adapter is, for people and for whoever must know whether the CPU plays the GPU. */
import { isSoftwareAdapter } from '../../src/kernels/adapter';

/** A short name for people, for instance `llvmpipe: Mesa 25.0.7 (software)`. */
export function describeAdapter(adapter: GPUAdapter): string {
  const { description, device, vendor, architecture } = adapter.info;
  const name = description || device || `${vendor} ${architecture}`.trim() || 'unknown adapter';
  return isSoftware(adapter) ? `${name} (software)` : name;
}

export function isSoftware(adapter: GPUAdapter): boolean {
  return isSoftwareAdapter(adapter.info);
}
