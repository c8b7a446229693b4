/** What benchmarks work with: one device, shared by ours and by every peer that can share it. */
import { openDevice, useWithTfjs, type OpenedDevice } from '../../src/kernels/device';
import { tuneKernels } from '../../src/kernels/tuning';
import type { RunPlatform } from '../../src/run/session';
import { MODELS, type ArchName } from './archs';
import { measureCeilings, type Ceilings } from './ceilings';
import { withGoal } from './goals';
import type { Basis } from './measure';
import { meter } from './meter';
import type { ColdStart, TrlOptions } from './protocol';
import type { Row } from './types';

export interface Session {
  readonly opened: OpenedDevice;
  readonly arch: ArchName;
  /** True where the CPU plays the GPU. */
  readonly software: boolean;
  readonly basis: Basis;
  /** Whether a row with this id was asked for. */
  readonly wanted: (id: string) => boolean;
  readonly emit: (row: Row) => void;
  readonly log: (line: string) => void;
  /** For rows that open a run of their own, with models and datasets. */
  readonly platform: () => Promise<RunPlatform>;
  readonly coldStarts: ColdStarts;
  /** Null where rows against TRL were not asked for. */
  readonly trl: TrlOptions | null;
  /** The device's limits, measured once. */
  readonly ceilings: () => Promise<Ceilings>;
}

/** First steps where nothing is compiled. */
export interface ColdStarts {
  readonly start: (arch: ArchName) => Promise<ColdStart>;
  /** How often that can be had. */
  readonly rounds: number;
  /** "process" or "page". */
  readonly where: string;
}

export interface SessionOptions extends Pick<
  Session,
  'arch' | 'wanted' | 'emit' | 'log' | 'platform' | 'coldStarts' | 'trl'
> {
  readonly software: (adapter: GPUAdapter) => boolean;
  /** False in browsers, which do not tell CPU time. */
  readonly tellsCpu: boolean;
}

export async function openSession(webgpu: GPU, options: SessionOptions): Promise<Session> {
  meter.install();
  const opened = await openDevice(webgpu);
  await useWithTfjs(opened.backend);
  if (!opened.gpu.isSoftware) await tuneKernels(opened.gpu, (await options.platform()).tuning);
  const software = options.software(opened.adapter);
  const basis = software && options.tellsCpu ? 'cpu' : 'wall';
  let ceilings: Promise<Ceilings> | null = null;
  return {
    opened,
    arch: options.arch,
    software,
    basis,
    wanted: options.wanted,
    emit: (row) =>
      options.emit(withGoal(row, { config: MODELS[options.arch], inBrowser: !options.tellsCpu })),
    log: options.log,
    platform: options.platform,
    coldStarts: options.coldStarts,
    trl: options.trl,
    ceilings: () => (ceilings ??= measureCeilings(opened.gpu, basis, software)),
  };
}

/** Waits until the GPU has done everything submitted. */
export async function gpuIdle(session: Session): Promise<void> {
  session.opened.gpu.flush();
  await session.opened.gpu.device.queue.onSubmittedWorkDone();
}
