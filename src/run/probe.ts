/** What the machine offers, in words for the page and the console. */
import { isSoftwareAdapter } from '../kernels/adapter';
import type { DeviceReport } from './types';

/** @param webgpu `navigator.gpu`; undefined where the browser has none */
export async function probeDevice(webgpu: GPU | undefined): Promise<DeviceReport> {
  if (webgpu === undefined) {
    const isInsecure = globalThis.isSecureContext === false;
    return {
      ok: false,
      why: isInsecure ? 'insecure-page' : 'no-webgpu',
      problem: 'This browser has no WebGPU, which the training needs.',
      remedy: isInsecure
        ? 'WebGPU works only on pages from https:// or localhost: open this page from such an address.'
        : 'Use a current Chrome or Edge (113 or later), Firefox (141 or later) or Safari (26 or later). On Linux, ' +
          'Chrome may need chrome://flags/#enable-unsafe-webgpu.',
    };
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await webgpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    return {
      ok: false,
      why: 'no-answer',
      problem: `The browser could not look for a graphics adapter: ${(error as Error).message}`,
      remedy: 'Restart the browser and try again.',
    };
  }
  if (adapter === null) {
    return {
      ok: false,
      why: 'no-adapter',
      problem: 'The browser has WebGPU but offers no graphics adapter.',
      remedy:
        'Switch on hardware acceleration in the browser’s settings, update the graphics driver, or look at ' +
        'chrome://gpu for the reason. A virtual machine without a GPU needs a software driver.',
    };
  }
  const { vendor, architecture, description } = adapter.info;
  return {
    ok: true,
    vendor,
    architecture,
    description,
    software: isSoftwareAdapter(adapter.info),
    features: [...adapter.features].sort(),
    maxBufferBytes: adapter.limits.maxBufferSize,
  };
}

/** `nvidia ampere`, `llvmpipe … (software)`. */
export function deviceName(report: Extract<DeviceReport, { ok: true }>): string {
  const name = report.description || `${report.vendor} ${report.architecture}`.trim() || 'unnamed adapter';
  return report.software ? `${name} (software)` : name;
}
