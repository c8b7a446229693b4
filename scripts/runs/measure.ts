/** Evaluations of the start and of final adapters, each made once and kept below the work folder. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTER_WEIGHTS } from '../../src/report/run-files';
import { environmentNear } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';
import type { EvaluationReport } from '../../src/run/types';
import { readJsonFile } from '../runtime/command';
import { commandProgram } from '../runtime/program';
import { tasksFingerprint, fileFingerprint, modelFingerprint, sha256 } from './inputs';
import { runJobs, settingFlags, type Job } from './jobs';

export interface Measurement {
  /** `masked-42-test`. */
  readonly name: string;
  readonly split: 'validation' | 'test';
  /** The dataset and the seed count, too. */
  readonly settings: Settings;
  /** Folder of the adapter that is measured; null for the bare model. */
  readonly adapter: string | null;
}

/** Core settings that decide what an evaluation answers; all of the environment's own do too. */
const DECIDING = [
  'evalDatasetSize',
  'seed',
  'maxTurns',
  'maxTokens',
  'maxSeqLength',
  'topK',
  'topP',
  'minP',
  'evalTemperature',
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
    // By file: what several runs have in common is measured once.
    const jobs = new Map<string, Job>();
    for (const measurement of measurements) {
      const file = await this.#file(measurement);
      if (!existsSync(file)) jobs.set(file, evaluationJob(measurement, file));
    }
    log(`${measurements.length} evaluations: ${jobs.size} to make.`);
    // A line per question would bury everything else.
    await runJobs([...jobs.values()], sideBySide, (line) => {
      if (!/\| gold "/.test(line)) log(line);
    });
  }

  async #file({ name, split, settings, adapter }: Measurement): Promise<string> {
    const deciding = [...DECIDING, ...Object.keys(environmentNear(settings.environment).settings)];
    const parts = [
      split,
      JSON.stringify(deciding.map((key) => settings[key])),
      await this.#once(`model ${settings.model}`, () => modelFingerprint(settings.model)),
      await this.#once(`tasks ${split} ${settings.environment} ${settings.dataset} ${settings.seed}`, () =>
        tasksFingerprint(settings),
      ),
      adapter === null ? '' : fileFingerprint(join(adapter, ADAPTER_WEIGHTS)),
    ];
    return join(this.#folder, `${name}-${sha256(parts).slice(0, 12)}.json`);
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#fingerprints.get(key) ?? make();
    this.#fingerprints.set(key, known);
    return known;
  }
}

function evaluationJob({ name, split, settings, adapter }: Measurement, file: string): Job {
  // Renamed when it is whole, so that an interrupted evaluation counts for nothing.
  const unfinished = `${file}.part`;
  const of = adapter === null ? [] : ['--adapter', adapter];
  const own = ['--runtime', 'node', '--split', split, '--json', unfinished];
  return {
    name,
    script: commandProgram('evaluate'),
    args: [...own, ...of, ...settingFlags(settings)],
    done: () => renameSync(unfinished, file),
  };
}

function parseReport(file: string): EvaluationReport {
  return readJsonFile(file) as EvaluationReport;
}

/** Whether a run's adapter in that folder of its own can be measured. */
export function hasAdapter(run: string, folder: string): boolean {
  try {
    return readFileSync(join(run, folder, ADAPTER_WEIGHTS)).length > 0;
  } catch {
    return false;
  }
}
