/** A check of a device in English words: lines for a console, and the text that a visitor copies from the page. */
import { bytes } from '../format';
import type { DeviceCheck, DeviceProblem, FeatureCheck, LimitCheck } from './types';

/** What MailGym does with a limit. */
const LIMITS: Readonly<Record<string, string>> = {
  maxBufferSize: 'the largest single tensor',
  maxStorageBufferBindingSize: 'what one kernel sees of it; larger matrices are cut by rows',
  maxStorageBuffersPerShaderStage: 'tensors of one kernel',
  maxComputeInvocationsPerWorkgroup: 'tiles of matrix products',
  maxComputeWorkgroupSizeX: 'tiles of matrix products',
  maxComputeWorkgroupStorageSize: 'bytes of tiles in workgroup memory',
  maxComputeWorkgroupsPerDimension: 'size of one dispatch',
};

const FEATURES: Readonly<Record<string, string>> = {
  subgroups: 'kernels share loads between lanes',
  'shader-f16': 'asked for where offered; no kernel needs it',
  'timestamp-query': 'profiles of single kernels in benchmarks',
};

/** What is looked at, beside the cases, which go by their names. */
const PARTS: Readonly<Record<string, string>> = {
  device: 'opening a device',
  kernels: 'which kernels suit it',
};

export const partWords = (what: string): string => PARTS[what] ?? what;

/** What is wrong, and what to do about it. Each a whole sentence or several. */
export function problemWords(problem: DeviceProblem): { readonly problem: string; readonly remedy: string } {
  switch (problem.kind) {
    case 'none':
      return { problem: problem.problem, remedy: problem.remedy };
    case 'software':
      return {
        problem: 'A processor plays the GPU: everything runs, many times slower than on a graphics card.',
        remedy:
          "Where there is a card, install its maker's Vulkan driver, or switch on hardware acceleration in the browser; in a " +
          'container, hand the card in (docker run --gpus all, or --device /dev/dri). Else choose the preset quick.',
      };
    case 'limit':
      return {
        problem: `${problem.name} is ${problem.offered}; MailGym needs ${problem.needed}.`,
        remedy: 'Update the graphics driver or the browser: WebGPU promises that much on every device.',
      };
    case 'feature':
      return {
        problem: `The feature ${problem.name} is not offered (${FEATURES[problem.name] ?? 'speed'}).`,
        remedy:
          'Nothing has to be done: slower kernels take its place. A newer driver or browser may offer it.',
      };
    case 'miscomputes':
      return {
        problem: `The device computes ${problem.name} wrongly: ${problem.problems.slice(0, 3).join('; ')}.`,
        remedy:
          'Update the graphics driver, or choose another device (--adapter-name, another browser, or its software renderer). ' +
          'No run starts here until it computes rightly. Please report this text: it may be a defect of ours.',
      };
    case 'failed':
      return {
        problem: `The check of ${partWords(problem.what)} ended with an error: ${problem.reason}`,
        remedy:
          'Close other programs that use the GPU and check again; if it stays, update the graphics driver.',
      };
    case 'slow': {
      const share = `${Math.round((100 * problem.measured) / problem.expected)} %`;
      const what = problem.what === 'matmul' ? 'Matrix products reach' : 'Copies in memory reach';
      return {
        problem: `${what} ${share} of what this kind of card should give.`,
        remedy:
          'See whether another program uses the card, whether it is on battery or has a lower power limit (nvidia-smi -q -d ' +
          'PERFORMANCE), and whether the card named above is the one that was meant.',
      };
    }
  }
}

export const limitWords = ({ name, offered, needed }: LimitCheck): string =>
  `${name} ${sizeOf(name, offered)}, needed ${sizeOf(name, needed)} (${LIMITS[name] ?? ''})`;

export const featureWords = ({ name, offered }: FeatureCheck): string =>
  `${name}: ${offered ? 'yes' : 'no'} (${FEATURES[name] ?? ''})`;

const sizeOf = (name: string, value: number): string =>
  /Size$/.test(name) && !name.endsWith('SizeX') && value >= 1024 ? bytes(value) : String(value);

export const teraflops = (flops: number): string =>
  flops >= 1e12 ? `${(flops / 1e12).toFixed(1)} TFLOPS` : `${(flops / 1e9).toFixed(1)} GFLOPS`;
export const bandwidth = (perSecond: number): string => `${(perSecond / 1e9).toFixed(1)} GB/s`;

/** What was measured, beside what the kind of card should give where that is known. */
export function rateLines({ rates, card }: DeviceCheck): readonly (readonly [string, string])[] {
  if (rates === null) return [];
  const beside = (text: string, measured: number, expected: number | undefined) =>
    card === null || expected === undefined
      ? text
      : `${text}, ${Math.round((100 * measured) / expected)} % of the ${card.name}'s`;
  return [
    ['matrix product', beside(teraflops(rates.matmulFlops), rates.matmulFlops, card?.flops)],
    ['multiply-adds', beside(teraflops(rates.flops), rates.flops, card?.flops)],
    ['memory', beside(bandwidth(rates.bytes), rates.bytes, card?.bytes)],
  ];
}

/** The whole check as lines of text. */
export function checkLines(check: DeviceCheck): string[] {
  const { adapter, limits, features, cases, card, rates, problems, ok } = check;
  const lines = [`MailGym ${check.version} on ${check.host}`];
  if (adapter !== null) {
    const kind = adapter.software ? 'software' : 'graphics hardware';
    const lanes = adapter.subgroups === null ? '' : `, subgroups of ${adapter.subgroups.join(' to ')}`;
    lines.push(`adapter: ${adapter.name} (${kind})`);
    lines.push(
      `  vendor ${adapter.vendor || 'not told'}, architecture ${adapter.architecture || 'not told'}${lanes}`,
    );
    lines.push(`  driver ${adapter.driver || 'not told'}`);
  }
  if (limits.length > 0) lines.push('limits:', ...limits.map((limit) => `  ${limitWords(limit)}`));
  if (features.length > 0)
    lines.push('features:', ...features.map((feature) => `  ${featureWords(feature)}`));
  if (cases.length > 0) lines.push('known answers:');
  for (const { name, problems: wrong, seconds } of cases) {
    lines.push(`  ${name}: ${wrong.length === 0 ? 'right' : 'WRONG'} (${seconds.toFixed(1)} s)`);
  }
  if (rates !== null) {
    lines.push('rates:', ...rateLines(check).map(([name, text]) => `  ${name} ${text}`));
    if (card === null && adapter?.software === false)
      lines.push('  what this kind of card should give is not known here');
  }
  for (const problem of problems) {
    const words = problemWords(problem);
    lines.push(`problem: ${words.problem}`);
    if (words.remedy !== '') lines.push(`  what to do: ${words.remedy}`);
  }
  lines.push(ok ? 'This device can be trusted with runs.' : 'This device cannot be used for runs.');
  return lines;
}
