/** What an adapter is, for people and for whoever must know whether the CPU plays the GPU. */
import { adapterName, isSoftwareAdapter } from '../../src/kernels/adapter';

/** A short name for people with the driver's own, for instance `nvidia-h100-80gb-hbm3, NVIDIA: 550.90.07`. */
export function describeAdapter(adapter: GPUAdapter): string {
  const { description } = adapter.info;
  const own = adapterName(adapter.info);
  const name = description === '' || own === description ? own : `${own}, ${description}`;
  return isSoftware(adapter) ? `${name} (software)` : name;
}

export function isSoftware(adapter: GPUAdapter): boolean {
  return isSoftwareAdapter(adapter.info);
}
