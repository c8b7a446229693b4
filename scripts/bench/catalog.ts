/** All benchmarks: which rows each has, and what measures them. Each runs in a process of its own. */
import type { ArchName } from './archs';
import type { Session } from './session';

export interface Benchmark {
  /** Which of its rows run in Chromium too; none when not given. `browser/build.ts` must know the file then. */
  readonly inBrowsers?: (id: string) => boolean;
  readonly ids: (arch: ArchName) => readonly string[];
  /** True where it needs a model and a Python of the user's, and runs only with them. */
  readonly needsPython?: true;
  /** Loaded only where it runs: peers change what they find when they are imported. */
  readonly load: () => Promise<(session: Session) => Promise<void>>;
}

export interface MatmulShape {
  /** Rows of the input, length of the sums, columns of the output. */
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export const MATMUL_SHAPES: readonly MatmulShape[] = [
  { m: 256, k: 256, n: 256 },
  { m: 512, k: 512, n: 512 },
  { m: 256, k: 576, n: 1536 },
  { m: 256, k: 1536, n: 576 },
  { m: 64, k: 576, n: 49_152 },
];
export const MATMUL_PEERS = ['tfjs', 'jax-js', 'ort'] as const;
export type MatmulPeer = (typeof MATMUL_PEERS)[number];

export const shapeName = ({ m, k, n }: MatmulShape) => `${m}x${k}x${n}`;
export const matmulId = (shape: MatmulShape, peer: MatmulPeer) => `matmul/${shapeName(shape)}/${peer}`;

export const DECODE_BATCHES = [1, 8, 32] as const;
export const decodeId = (arch: ArchName, batch: number) => `decode/${arch}/b${batch}/ort`;

export const DISPATCH_ROWS = ['step', 'step-submits', 'step-js', 'token', 'token-js'] as const;
export const dispatchId = (arch: ArchName, row: (typeof DISPATCH_ROWS)[number]) => `dispatch/${arch}/${row}`;
export const STEP_PEERS = ['tfjs', 'jax-js', 'nanogpt'] as const;
export type StepPeer = (typeof STEP_PEERS)[number];
export const stepFullId = (arch: ArchName, peer: StepPeer) => `step-full/${arch}/${peer}`;

export const PROFILES = ['full', 'lora', 'decode', 'rollouts', 'masked', 'unmasked'] as const;
export type ProfileName = (typeof PROFILES)[number];
/** Rollouts and updates are the default policy's, whatever the architecture. */
export const profileId = (arch: ArchName, name: ProfileName) =>
  `profile/${['rollouts', 'masked', 'unmasked'].includes(name) ? 'default' : arch}/${name}`;

export const TRL_ROWS = ['multi-turn', 'single-turn'] as const;
export type TrlRow = (typeof TRL_ROWS)[number];

/** Forms of frozen weights whose memory is compared with the plan. */
export const PLANNED_FORMATS = ['f16', 'int4'] as const;
export const planId = (arch: ArchName, format: (typeof PLANNED_FORMATS)[number]) => `plan/${arch}/${format}`;

export const ROLLOUT_ID = 'rollout/default/generate';

/** A process per peer: buffers that one leaves in its pools must not count for another. */
function stepFull(peer: StepPeer): Benchmark {
  return {
    ids: (arch) => [stepFullId(arch, peer)],
    load: async () => (await import('./rows/step-full')).stepFullRows,
    inBrowsers: () => peer === 'tfjs',
  };
}

/** A process for each: the model is loaded twice in it already. */
function againstTrl(row: TrlRow): Benchmark {
  return {
    ids: () => [`trl/${row}`],
    needsPython: true,
    load: async () => (await import('./rows/trl')).trlRows,
  };
}

/** A process for each, since peaks of memory count from a device's beginning. */
function planned(format: (typeof PLANNED_FORMATS)[number]): Benchmark {
  return {
    ids: (arch) => [planId(arch, format)],
    load: async () => (await import('./rows/plan')).planRows,
  };
}

/** In the order of the report. */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  matmul: {
    ids: () => MATMUL_SHAPES.flatMap((shape) => MATMUL_PEERS.map((peer) => matmulId(shape, peer))),
    load: async () => (await import('./rows/matmul')).matmulRows,
    inBrowsers: (id) => id.endsWith('/tfjs'),
  },
  ...Object.fromEntries(STEP_PEERS.map((peer) => [`step-full ${peer}`, stepFull(peer)])),
  grpo: {
    ids: () => ['grpo-step/default/tfjs', 'forest/default/packed', 'masked/default/unmasked'],
    load: async () => (await import('./rows/grpo-step')).grpoRows,
    inBrowsers: () => true,
  },
  decode: {
    ids: (arch) => DECODE_BATCHES.map((batch) => decodeId(arch, batch)),
    load: async () => (await import('./rows/decode')).decodeRows,
  },
  'lora-step': {
    ids: (arch) => [`lora-step/${arch}/full`],
    load: async () => (await import('./rows/lora-step')).loraStepRows,
  },
  memory: {
    ids: (arch) => [`memory/${arch}`],
    load: async () => (await import('./rows/memory')).memoryRows,
  },
  dispatch: {
    ids: (arch) => DISPATCH_ROWS.map((row) => dispatchId(arch, row)),
    load: async () => (await import('./rows/dispatch')).dispatchRows,
  },
  ...Object.fromEntries(PLANNED_FORMATS.map((format) => [`plan ${format}`, planned(format)])),
  'cold-start': {
    ids: (arch) => [`cold-start/${arch}`],
    load: async () => (await import('./rows/cold-start')).coldStartRows,
    inBrowsers: () => true,
  },
  growth: {
    ids: () => ['growth/default/rollouts', 'growth/default/length'],
    load: async () => (await import('./rows/growth')).growthRows,
  },
  rollout: {
    ids: () => [ROLLOUT_ID],
    load: async () => (await import('./rows/rollout')).rolloutRows,
  },
  ...Object.fromEntries(TRL_ROWS.map((row) => [`trl ${row}`, againstTrl(row)])),
  profile: {
    ids: (arch) => PROFILES.map((name) => profileId(arch, name)),
    load: async () => (await import('./rows/profile')).profileRows,
    inBrowsers: () => true,
  },
};

/** Rows are asked for by id or by the beginning of it; nothing asked is everything. */
export function isWanted(id: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((prefix) => id.startsWith(prefix));
}
