/** Finds a Vulkan driver that Dawn accepts, or installs Mesa's software one (lavapipe). */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { GpuError } from '../../src/kernels/errors';
import { createDawnGpu, DawnError, describeAdapter } from '../runtime/dawn';
import { assertCard, requiresGpu } from '../runtime/device-options';
import {
  aptInstall,
  aptUpdate,
  rootPrefix,
  SetupError,
  thisDistribution,
  type Distribution,
  type Log,
} from './system';

/** Readies WebGPU in this Node process. Installs a driver when there is none. @throws SetupError with what to do, GpuError where a card is required. */
export async function ensureDriver(log: Log): Promise<GPU> {
  const found = await openGpu(log);
  if (found) return found;
  const distribution = thisDistribution();
  const plan = planDriver(distribution, rootPrefix());
  if (plan.kind === 'refuse') throw new SetupError(plan.message);
  log(`driver: no Vulkan driver that WebGPU accepts; installing Mesa's software driver`);
  if (plan.backports !== '') addBackports(plan, log);
  aptUpdate(plan.prefix, log);
  aptInstall(plan.prefix, ['libvulkan1', 'mesa-vulkan-drivers'], plan.backports, log);
  const installed = await openGpu(log);
  if (installed) return installed;
  throw new SetupError(
    'installed mesa-vulkan-drivers, but WebGPU still finds no adapter: its Mesa is probably too old (23.2 or later is ' +
      'needed). Install a newer one, or use the browser: --runtime browser.',
  );
}

async function openGpu(log: Log): Promise<GPU | null> {
  try {
    const gpu = await createDawnGpu();
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    assertCard(adapter);
    log(`driver: WebGPU on ${describeAdapter(adapter)}`);
    return gpu;
  } catch (error) {
    if (!(error instanceof DawnError)) throw error;
    // A driver that plays a card is not what was asked for.
    if (requiresGpu()) throw GpuError.of('gpu/card-missing', { reason: error.message }, { cause: error });
    return null;
  }
}

export type DriverPlan =
  | {
      readonly kind: 'apt';
      readonly prefix: readonly string[];
      readonly codename: string;
      readonly backports: string;
    }
  | { readonly kind: 'refuse'; readonly message: string };

/** Debian 12's own Mesa (22.3) is refused by Dawn; its backports have a newer one. */
export function planDriver(distribution: Distribution, prefix: readonly string[] | null): DriverPlan {
  const { id, codename, apt } = distribution;
  if (!apt) {
    return {
      kind: 'refuse',
      message:
        'asked Dawn for a WebGPU adapter; found no usable driver, and know how to install one only on Debian and Ubuntu. ' +
        "Install your GPU's Vulkan driver or Mesa 23.2 or later (lavapipe), or use the browser: --runtime browser.",
    };
  }
  const backports = id === 'debian' && codename === 'bookworm' ? 'bookworm-backports' : '';
  if (!prefix) {
    const target = backports === '' ? '' : `-t ${backports} `;
    return {
      kind: 'refuse',
      message:
        'asked Dawn for a WebGPU adapter; found no usable driver, and installing one needs root. Run this command as ' +
        `root, or \`apt-get install ${target}libvulkan1 mesa-vulkan-drivers\`, or use the browser: --runtime browser.`,
    };
  }
  return { kind: 'apt', prefix, codename, backports };
}

const SOURCES = '/etc/apt/sources.list.d';

/** True when one of the apt source files (either format) already names the suite. */
export function namesSuite(sources: readonly string[], suite: string): boolean {
  const lines = sources.flatMap((text) => text.split('\n')).filter((line) => !line.trim().startsWith('#'));
  return lines.some((line) => /^\s*(deb\s|Suites:)/.test(line) && line.split(/\s+/).includes(suite));
}

function addBackports(plan: Extract<DriverPlan, { kind: 'apt' }>, log: Log): void {
  const listed = existsSync(SOURCES) ? readdirSync(SOURCES).map((name) => join(SOURCES, name)) : [];
  const files = ['/etc/apt/sources.list', ...listed].filter(
    (path) => /\.(list|sources)$/.test(path) && existsSync(path),
  );
  if (
    namesSuite(
      files.map((path) => readFileSync(path, 'utf8')),
      plan.backports,
    )
  ) {
    return;
  }
  const path = join(SOURCES, 'mailgym-backports.list');
  const line = `deb http://deb.debian.org/debian ${plan.backports} main\n`;
  log(`  adding the package source ${plan.backports} in ${path}`);
  const [sudo, ...options] = plan.prefix;
  if (sudo === undefined) {
    writeFileSync(path, line);
    return;
  }
  const written = spawnSync(sudo, [...options, 'tee', path], {
    input: line,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  if (written.status !== 0)
    throw new SetupError(`could not write ${path}; create it with this line: ${line.trim()}`);
}
