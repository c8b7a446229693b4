/** Run folders below the work folder: their names, how far they are, with which settings they were made. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONFIG_FILE,
  FINAL_FOLDER,
  INDEX_FILE,
  METADATA_FILE,
  METRICS_FILE,
} from '../../src/report/run-files';
import { changedWords } from '../../src/errors/texts/en/training/resume';
import { differingSettings } from '../../src/run/train/resume';
import { schemaNear } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';
import { CommandError } from '../runtime/command';

export type RunState = 'absent' | 'unfinished' | 'finished';

/** Finished: the final adapter is whole, its metadata being written last. A stopped run has none. */
export function runState(folder: string): RunState {
  if (isWhole(join(folder, FINAL_FOLDER, METADATA_FILE))) return 'finished';
  const begun = [METRICS_FILE, INDEX_FILE, CONFIG_FILE].some((file) => existsSync(join(folder, file)));
  return begun ? 'unfinished' : 'absent';
}

function isWhole(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Settings of the run in a folder; values it does not name are those of `absent`, for settings younger than the run.
 * @throws CommandError when config.json is missing or damaged
 */
export function runSettings(folder: string, absent: Settings): Settings {
  const path = join(folder, CONFIG_FILE);
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof read === 'object' && read !== null && 'mode' in read && 'seed' in read) {
      return { ...absent, ...(read as Partial<Settings>) } as Settings;
    }
  } catch (cause) {
    throw new CommandError(
      `${path} cannot be read (${(cause as Error).message}). Remove the folder to train that run again.`,
      { cause },
    );
  }
  throw new CommandError(
    `${path} holds no settings of a run. Remove the folder to train that run again, or name another --work.`,
  );
}

/**
 * A run under an asked-for name must be the run that was asked for, or the report would compare unlike things.
 * @throws CommandError naming the settings that differ
 */
export function assertAskedFor(folder: string, asked: Settings): void {
  const before = runSettings(folder, asked);
  // A run notes what `auto` has become on its device.
  const { baseWeights } = asked.baseWeights === 'auto' ? before : asked;
  const differing = differingSettings(before, { ...asked, baseWeights }, schemaNear(asked.environment));
  if (differing.length === 0) return;
  throw new CommandError(
    `The run in ${folder} has other settings than asked for: ${changedWords(differing)}. ` +
      'Give the old values, another --work, or --report-only to take the runs as they are.',
  );
}
