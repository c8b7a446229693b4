/** Reports that are made in parts: several runs of the command into one file. */
import { existsSync } from 'node:fs';
import { CommandError, readJsonFile } from '../runtime/command';
import { ARCHS } from './archs';
import { BENCHMARKS } from './catalog';
import type { Report, Row } from './types';

/** The report in a file of an earlier run; null where there is none. @throws CommandError when it is something else */
export function readReport(path: string): Report | null {
  if (!existsSync(path)) return null;
  const content = readJsonFile(path);
  if (isReport(content)) return content;
  throw new CommandError(`${path} is no report of bench; name another file for --json.`);
}

function isReport(content: unknown): content is Report {
  if (typeof content !== 'object' || content === null) return false;
  const { device, date, runtime, arch, machine, rows } = content as Partial<Record<keyof Report, unknown>>;
  return (
    [device, date, runtime, arch, machine].every((one) => typeof one === 'string') && Array.isArray(rows)
  );
}

/** @throws CommandError when a file's rows were measured elsewhere, so that the new ones cannot stand beside them */
export function refuseOther(before: Report, device: string, runtime: Report['runtime']): void {
  if (before.device === device && before.runtime === runtime) return;
  throw new CommandError(
    `--json names a report of ${before.device} (${before.runtime}), and this run is on ${device} (${runtime}); ` +
      'give every device and runtime a file of its own.',
  );
}

/** New rows take the places of those with the same id, failed ones too; the order is the catalog's. */
export function merge(before: Report | null, next: Report): Report {
  if (before === null) return { ...next, rows: ordered(next.rows) };
  const rows = new Map([...before.rows, ...next.rows].map((row) => [row.id, row]));
  const archs = new Set([...before.arch.split(', '), next.arch]);
  return { ...next, arch: [...archs].join(', '), rows: ordered([...rows.values()]) };
}

function ordered(rows: readonly Row[]): readonly Row[] {
  const ids = Object.values(BENCHMARKS).flatMap((benchmark) => ARCHS.flatMap((arch) => benchmark.ids(arch)));
  const place = new Map([...new Set(ids)].map((id, i) => [id, i]));
  return rows.toSorted((a, b) => (place.get(a.id) ?? ids.length) - (place.get(b.id) ?? ids.length));
}
