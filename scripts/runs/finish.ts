/** Runs of one kind of report, each in a folder of its own below a work folder: planned, and brought to their end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { checkSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import { describeAdapter } from '../runtime/dawn';
import { commandProgram } from '../runtime/program';
import { ensureDriver } from '../setup/driver';
import { assertAskedFor, runState } from './folders';
import { runJobs, settingFlags, type Job } from './jobs';

export interface PlannedRun {
  readonly name: string;
  readonly folder: string;
  readonly settings: Settings;
}

/** @throws SettingsError when the settings contradict each other */
export function planRun(work: string, name: string, settings: Settings): PlannedRun {
  const folder = join(work, name);
  const own: Settings = { ...settings, outputDir: folder, resume: 'latest' };
  checkSettings(own, schemaNear(own.environment));
  return { name, folder, settings: own };
}

/** Written beside a run's own files, so that a report made later can say where the times come from. */
export const DEVICE_FILE = 'device.json';
export interface DeviceRecord {
  readonly device: string;
  readonly sideBySide: number;
}

/** @param jobs processes side by side @param device in words, where somebody says it; else the GPU is asked */
export async function deviceRecord(jobs: number, device: string | null): Promise<DeviceRecord> {
  if (device !== null) return { device, sideBySide: jobs };
  const webgpu = await ensureDriver(console.log);
  const adapter = await webgpu.requestAdapter({ powerPreference: 'high-performance' });
  const name = adapter === null ? 'unknown adapter' : describeAdapter(adapter);
  return {
    device: `${name}, ${availableParallelism()} processor cores, Node ${process.versions.node}`,
    sideBySide: jobs,
  };
}

/** Leaves finished runs alone, resumes unfinished ones, starts the rest. @throws CommandError */
export async function finishRuns(
  runs: readonly PlannedRun[],
  device: DeviceRecord,
  log: (line: string) => void,
): Promise<void> {
  const missing = runs.filter((run) => {
    const state = runState(run.folder);
    if (state !== 'absent') assertAskedFor(run.folder, run.settings);
    return state !== 'finished';
  });
  log(`${runs.length} runs: ${runs.length - missing.length} finished, ${missing.length} to train.`);
  if (missing.length === 0) return;
  const sideBySide = Math.min(device.sideBySide, missing.length);
  for (const { folder } of missing) {
    mkdirSync(folder, { recursive: true });
    const record: DeviceRecord = { ...device, sideBySide };
    writeFileSync(join(folder, DEVICE_FILE), `${JSON.stringify(record)}\n`);
  }
  await runJobs(missing.map(trainingJob), sideBySide, log);
}

/** The same command that a person would give for this run alone. */
export function trainingJob({ name, settings }: PlannedRun): Job {
  return { name, script: commandProgram('train'), args: ['--runtime', 'node', ...settingFlags(settings)] };
}
