/** Which runs a sweep consists of, which of them a shard makes, and the note that keeps two sweeps out of one folder. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedWords } from '../../src/errors/texts/en/training/resume';
import { shownOf } from '../../src/errors';
import type { Settings } from '../../src/settings/settings';
import { CommandError, readJsonFile } from '../runtime/command';
import { planRun, type PlannedRun } from '../runs/finish';
import type { Shard, SweepOptions } from './options';

export interface SweptRun extends PlannedRun {
  /** Position of its combination. */
  readonly cell: number;
  readonly seed: number;
}

/** Seed by seed, so that whatever is finished can be compared. @throws SettingsError */
export function planSweep({ cells, seeds, work }: SweepOptions): SweptRun[] {
  return seeds.flatMap((seed) =>
    cells.map(({ name, settings }, cell) => ({
      ...planRun(work, `${folderName(name)}-${seed}`, { ...settings, seed }),
      cell,
      seed,
    })),
  );
}

/** Letters, digits and a few signs; where that says less than the name or is long, the start of its SHA-256 too. */
function folderName(cell: string): string {
  const plain = cell.replaceAll(', ', '_').replaceAll('=', '-').replaceAll(' ', '-');
  const safe = plain.replaceAll(/[^\w.+-]/g, '').slice(0, 80);
  if (safe === plain) return safe;
  return `${safe}-${createHash('sha256').update(cell).digest('hex').slice(0, 8)}`;
}

/** Every n-th run, so that shards are done at about the same time. */
export function runsOf<T>(runs: readonly T[], { index, of }: Shard): T[] {
  return runs.filter((_, i) => i % of === index - 1);
}

const PLAN_FILE = 'sweep.json';

/**
 * Notes in the work folder what the sweep is; whoever comes with another one is refused.
 * @throws CommandError naming what differs
 */
export function claimFolder(options: SweepOptions): void {
  const { work } = options;
  const file = join(work, PLAN_FILE);
  const plan = planText(options);
  if (!existsSync(file)) {
    mkdirSync(work, { recursive: true });
    const unfinished = `${file}.${process.pid}.part`;
    writeFileSync(unfinished, plan);
    renameSync(unfinished, file);
  }
  // Read in any case: of two sweeps that came at once, one is told.
  if (readFileSync(file, 'utf8') === plan) return;
  const before = readJsonFile(file);
  const old = flat(before);
  const now = flat(JSON.parse(plan));
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const changed = names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => ({ name, was: shownOf(old[name], Infinity), now: shownOf(now[name], Infinity) }));
  throw new CommandError(
    `${work} holds another sweep: ${changedWords(changed)}. Give the old values, or another --work.`,
  );
}

/** Where the runs lie is left out: machines may see the folder under other names. */
const PLACES = new Set<string>(['outputDir', 'resume', 'seed', 'verbose'] satisfies (keyof Settings)[]);

function planText({ axes, cells, seeds, testQuestions }: SweepOptions): string {
  const swept = new Set(axes.map(({ key }) => key));
  const [first] = cells;
  const settings = Object.fromEntries(
    Object.entries(first?.settings ?? {}).filter(([key]) => !PLACES.has(key) && !swept.has(key)),
  );
  const plan = { format: 1, cells: cells.map(({ name }) => name), seeds, testQuestions, settings };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

function flat(plan: unknown): Readonly<Record<string, unknown>> {
  if (typeof plan !== 'object' || plan === null) return {};
  const { settings, ...rest } = plan as { readonly settings?: object } & Readonly<Record<string, unknown>>;
  return { ...rest, ...settings };
}
