/** Texts of GpuError and DeviceLostError. */
import type { MemoryNeed, MemoryProposal } from '../memory';
import type { Foreign, Tell, Told } from '../types';
import { memoryWords, proposalWords } from './memory';

export const gpu = {
  'gpu/buffer-size': ({ bytes, label }: { bytes: number; label: string }) =>
    `A GPU buffer of ${bytes} bytes was asked for (${label || 'unnamed'}).`,
  'gpu/buffer-limit': ({ label, bytes, limit }: { label: string; bytes: number; limit: number }) =>
    `${label || 'A buffer'} needs ${bytes} bytes; this device allows ${limit} per buffer. ` +
    'Use a smaller model, a shorter maxSeqLength or fewer microBatchTokens.',
  'gpu/buffer-freed-twice': ({ label }: { label: string }) =>
    `Buffer ${label || '(unnamed)'} was freed twice.`,
  'gpu/no-adapter': () =>
    'WebGPU is there but offers no adapter. Update the graphics driver, or enable hardware acceleration in the browser.',
  'gpu/miscomputes': ({
    adapter,
    what,
    problems,
  }: {
    adapter: string;
    what: string;
    problems: readonly string[];
  }) =>
    `${adapter} computes wrongly, so no run starts on it: asked for ${what}, whose answer is known, it gave others ` +
    `(${problems.join('; ')}). Update the graphics driver, or choose another device: another browser, its software ` +
    'renderer, or --adapter-name on the command line.',
  'gpu/software-refused': ({ adapter }: { adapter: string }) =>
    `A graphics card was required; found only ${adapter}, which is a processor that plays one. Install the card's Vulkan ` +
    'driver, hand the card into the container, or leave out --require-gpu.',
  'gpu/card-missing': ({ reason }: { reason: Foreign }) =>
    `A graphics card was required; WebGPU found no device at all. Install the card's Vulkan driver, hand the card into the ` +
    `container, or leave out --require-gpu. (${reason})`,
  'gpu/other-adapter': ({ asked, found }: { asked: string; found: readonly string[] }) =>
    `No device whose name contains "${asked}"; found ${found.length === 0 ? 'none' : found.join(', ')}. Give a part of one ` +
    'of these names in --adapter-name.',
  'gpu/none-here': ({ problem, remedy }: { problem: string; remedy: string }) =>
    `No device to compute on: ${problem} ${remedy} (\`npm run doctor -- --runtime browser\` looks it over.)`,
  'gpu/no-device': () => 'The graphics adapter refused to open a device.',
  'gpu/workgroups': ({
    program,
    groups,
    limit,
  }: {
    program: string;
    groups: readonly number[];
    limit: number;
  }) => `${program}: ${groups.join(' x ')} workgroups exceed ${limit} per dimension.`,
  'gpu/read': () => 'Reading from the GPU failed.',
  'gpu/command': ({ reason }: { reason: Foreign }) => `The GPU refused a command: ${reason}`,
  'gpu/out-of-memory': ({ reason }: { reason: Foreign }) =>
    'The GPU has no memory left. Lower microBatchTokens, maxSeqLength or numGenerations, close other programs that ' +
    `use the GPU, or choose a smaller model. (${reason})`,
  'gpu/matmul-modules': ({ most, given }: { most: number; given: number }) =>
    `A matmul takes at most ${most} modules, ${given} were given.`,
  'gpu/matmul-added': () => 'A matmul adds a bias or a residual, not both.',
  'gpu/muon-matrix': ({ rows, cols, limit }: { rows: number; cols: number; limit: number }) =>
    `Muon needs a matrix of ${rows} × ${cols} in one binding; this device allows ${limit} numbers.`,
  'gpu/program': ({ program, reason }: { program: string; reason: Foreign }) =>
    `The GPU refused the program ${program}: ${reason}`,
  'gpu/buffers': ({ program, needed, given }: { program: string; needed: number; given: number }) =>
    `${program} takes ${needed} buffers, ${given} were given.`,
  'gpu/buffer-format': ({
    program,
    name,
    needed,
    given,
  }: {
    program: string;
    name: string;
    needed: string;
    given: string;
  }) => `${program} reads ${name} as ${needed} words, ${given} ones were given.`,
  'gpu/foreign-backend': () =>
    'This op needs the WebGPU backend that openDevice makes; the current one is another. Call useWithTfjs(backend).',
  'gpu/tensor-size': ({ shape, bytes, limit }: { shape: readonly number[]; bytes: number; limit: number }) =>
    `A tensor of shape [${shape.join(', ')}] takes ${bytes} bytes; a binding of this device holds 4 to ${limit}.`,
  'gpu/tensor-nowhere': ({ dtype, shape }: { dtype: string; shape: readonly number[] }) =>
    `A ${dtype} tensor of shape [${shape.join(', ')}] lies in no buffer.`,
  'gpu/uniforms': ({ program, needed, given }: { program: string; needed: number; given: number }) =>
    `${program} takes ${needed} uniform words, ${given} were given.`,
  'device-lost': ({ reason }: { reason: Foreign }) =>
    `The GPU device was lost (${reason}). What the run saved is intact: reload, lower microBatchTokens or ` +
    'numGenerations if memory was short, and resume from the last checkpoint.',
  'gpu/no-webgpu': () =>
    'Asked the browser for WebGPU, and there is no navigator.gpu. Use a current Chrome, Edge, Firefox or Safari, and a page ' +
    'served by https or from localhost.',
  'gpu/engine-gone': () =>
    'The engine given was disposed of, or is none that openEngine opened. Open one, or leave engine out.',
  'gpu/does-not-fit': (
    { need, proposals }: { need: MemoryNeed | { failed: Told }; proposals: readonly MemoryProposal[] },
    tell: Tell,
  ) =>
    `${'failed' in need ? tell(need.failed) : `This run needs about ${memoryWords(need)}: more than this device gives.`} ` +
    proposalWords(proposals),
};
