/** The report's data on disk: `data/*.json` and `trials.json` in the report's folder. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, readJsonFile } from '../runtime/command';
import { subjectOf } from './subject';
import type { GradientExample, Learning, RunData, StartData, Trial } from './types';

const TRIALS_FILE = 'trials.json';

/** The names of a report's runs, in order, so that data of runs that are no longer part of it is not read. */
interface DataIndex {
  readonly format: 1;
  readonly runs: readonly string[];
}

export class LearningData {
  readonly #out: string;
  readonly #folder: string;

  constructor(out: string) {
    this.#out = out;
    this.#folder = join(out, 'data');
  }

  writeRun(run: RunData): void {
    this.#write(`run-${run.name}`, run);
  }

  writeStart(start: StartData): void {
    this.#write('start', start);
  }

  /** @param example null: what an earlier comparison left is removed */
  writeExample(example: GradientExample | null): void {
    if (example === null) rmSync(this.#path('gradient-example'), { force: true });
    else this.#write('gradient-example', example);
  }

  writeIndex(runs: readonly string[]): void {
    const index: DataIndex = { format: 1, runs };
    this.#write('index', index);
  }

  hasRun(name: string): boolean {
    return existsSync(this.#path(`run-${name}`));
  }

  /**
   * @param asked environment that the command names
   * @throws CommandError when there is nothing to report, or a file is not what this version writes
   */
  read(asked: string): Learning {
    const index = this.#read<DataIndex>('index');
    if (index === null) {
      throw new CommandError(
        `${this.#folder} holds no data of a comparison. Run \`npm run compare\` without --report-only first.`,
      );
    }
    const runs = index.runs.flatMap((name) => this.#read<RunData>(`run-${name}`) ?? []);
    return {
      environment: subjectOf(runs[0]?.settings['environment'], asked),
      runs,
      start: this.#read<StartData>('start'),
      example: this.#read<GradientExample>('gradient-example'),
      trials: this.readTrials(),
    };
  }

  /** @throws CommandError naming the entry that is not as described */
  readTrials(): Trial[] {
    const path = join(this.#out, TRIALS_FILE);
    if (!existsSync(path)) return [];
    const read = readJsonFile(path);
    const trials: unknown =
      typeof read === 'object' && read !== null && 'trials' in read ? read.trials : null;
    if (!Array.isArray(trials)) {
      throw new CommandError(
        `${path} must hold {"format": 1, "trials": [...]}. See scripts/compare/types.ts.`,
      );
    }
    return trials.map((trial: unknown, i) => {
      const problem = trialProblem(trial);
      if (problem === null) return trial as Trial;
      throw new CommandError(`${path}: entry ${i + 1} ${problem}. See Trial in scripts/compare/types.ts.`);
    });
  }

  /** Adds an entry, or replaces the one of that name. */
  writeTrial(trial: Trial): void {
    const others = this.readTrials();
    const at = others.findIndex(({ name }) => name === trial.name);
    const trials = at < 0 ? [...others, trial] : others.with(at, trial);
    mkdirSync(this.#out, { recursive: true });
    writeFileSync(join(this.#out, TRIALS_FILE), `${JSON.stringify({ format: 1, trials }, null, 2)}\n`);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  #write(name: string, value: object): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#path(name), compactJson(value));
  }

  #read<T extends { readonly format: 1 }>(name: string): T | null {
    const path = this.#path(name);
    if (!existsSync(path)) return null;
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof read === 'object' && read !== null && 'format' in read && read.format === 1) return read as T;
    throw new CommandError(
      `${path} is not data of format 1. Remove it and run \`npm run compare -- --report-only\`.`,
    );
  }
}

/** One line per entry of a list, so that differences between versions can be read. */
function compactJson(value: object): string {
  const fields = Object.entries(value).map(([key, field]: [string, unknown]) => {
    const text =
      Array.isArray(field) && field.length > 0
        ? `[\n${field.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
        : JSON.stringify(field);
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}

function trialProblem(trial: unknown): string | null {
  if (typeof trial !== 'object' || trial === null) return 'is not an object';
  const fields = trial as Readonly<Record<string, unknown>>;
  if (typeof fields['name'] !== 'string' || typeof fields['note'] !== 'string')
    return 'needs a name and a note';
  if (typeof fields['changed'] !== 'object' || fields['changed'] === null)
    return 'needs changed, an object of settings';
  if (typeof fields['questions'] !== 'number') return 'needs questions, a number';
  const { seeds } = fields;
  for (const name of ['seeds', 'sampled', 'greedy']) {
    const list = fields[name];
    if (!Array.isArray(list) || list.length === 0 || list.some((value) => typeof value !== 'number')) {
      return `needs ${name}, a list of numbers`;
    }
    if (Array.isArray(seeds) && list.length !== seeds.length) return `has not one ${name} value per seed`;
  }
  return null;
}
