/** Evaluations of the start and of final adapters, each made once and kept below the work folder. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTER_WEIGHTS, FINAL_FOLDER } from '../../src/report/run-files';
import type { Settings } from '../../src/settings/settings';
import type { EvaluationReport } from '../../src/run/types';
import { readJsonFile } from '../runtime/command';
import { tasksFingerprint, fileFingerprint, modelFingerprint, sha256 } from './inputs';
import { runJobs, settingFlags, type Job } from './jobs';

export interface Measurement {
  /** `masked-42-test`. */
  readonly name: string;
  readonly split: 'validation' | 'test';
  /** The dataset and the seed count, too. */
  readonly settings: Settings;
  /** Folder of a run whose final adapter is measured; null for the bare model. */
  readonly run: string | null;
}

/** Settings that decide what an evaluation answers. */
const DECIDING = [
  'evalDatasetSize',
  'seed',
  'maxTurns',
  'maxTokens',
  'maxSeqLength',
  'promptStyle',
  'searchLimit',
  'snippetTokens',
  'toolErrors',
  'topK',
  'topP',
  'minP',
  'evalTemperature',
  'rewardPreset',
] as const satisfies readonly (keyof Settings)[];

/** Finds kept evaluations by what they depend on, so that one of an older adapter, model or dataset is never taken. */
export class Measurements {
  readonly #folder: string;
  readonly #fingerprints = new Map<string, Promise<string>>();

  constructor(work: string) {
    this.#folder = join(work, 'evaluations');
  }

  /** Null when it was not measured. */
  async read(measurement: Measurement): Promise<EvaluationReport | null> {
    const file = await this.#file(measurement);
    return existsSync(file) ? parseReport(file) : null;
  }

  /** Measures what is missing. @throws CommandError */
  async finish(
    measurements: readonly Measurement[],
    sideBySide: number,
    log: (line: string) => void,
  ): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const jobs: Job[] = [];
    for (const measurement of measurements) {
      const file = await this.#file(measurement);
      if (!existsSync(file)) jobs.push(evaluationJob(measurement, file));
    }
    log(`${measurements.length} evaluations: ${jobs.length} to make.`);
    // A line per question would bury everything else.
    await runJobs(jobs, sideBySide, (line) => {
      if (!/\| gold "/.test(line)) log(line);
    });
  }

  async #file({ name, split, settings, run }: Measurement): Promise<string> {
    const parts = [
      split,
      JSON.stringify(DECIDING.map((key) => settings[key])),
      await this.#once(`model ${settings.model}`, () => modelFingerprint(settings.model)),
      await this.#once(`tasks ${settings.environment} ${settings.dataset}`, () => tasksFingerprint(settings)),
      run === null ? '' : fileFingerprint(join(run, FINAL_FOLDER, ADAPTER_WEIGHTS)),
    ];
    return join(this.#folder, `${name}-${sha256(parts).slice(0, 12)}.json`);
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#fingerprints.get(key) ?? make();
    this.#fingerprints.set(key, known);
    return known;
  }
}

function evaluationJob({ name, split, settings, run }: Measurement, file: string): Job {
  // Renamed when it is whole, so that an interrupted evaluation counts for nothing.
  const unfinished = `${file}.part`;
  const adapter = run === null ? [] : ['--adapter', join(run, FINAL_FOLDER)];
  const own = ['--runtime', 'node', '--split', split, '--json', unfinished];
  return {
    name,
    script: 'scripts/evaluate.ts',
    args: [...own, ...adapter, ...settingFlags(settings)],
    done: () => renameSync(unfinished, file),
  };
}

function parseReport(file: string): EvaluationReport {
  return readJsonFile(file) as EvaluationReport;
}

/** Whether a run's final adapter can be measured. */
export function hasFinal(run: string): boolean {
  try {
    return readFileSync(join(run, FINAL_FOLDER, ADAPTER_WEIGHTS)).length > 0;
  } catch {
    return false;
  }
}
