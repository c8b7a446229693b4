/** Bytes of a file to records with where each stands. */
import { jsonLines } from '../../conversation/json';
import type { JsonObject } from '../../conversation/types';
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import type { TaskSource } from '../types';

export interface RowRecord {
  readonly fields: JsonObject;
  /** File and line or row, for errors. */
  readonly where: Place;
}

/** @throws EnvironmentError when the file is not there, is no such file, or a line of it is no JSON object. */
export async function readRecords(source: TaskSource, path: string): Promise<readonly RowRecord[]> {
  const bytes = await source.read(path);
  if (!path.toLowerCase().endsWith('.parquet')) return linesOf(bytes, path);
  const { readParquet } = await import('./parquet');
  const rows = await readParquet(bytes, path);
  return rows.map((fields, i) => ({ fields, where: [{ file: path }, { row: i + 1 }] }));
}

function linesOf(bytes: Uint8Array, path: string): RowRecord[] {
  return Array.from(jsonLines(new TextDecoder().decode(bytes)), (entry) => {
    const where = [{ file: path }, { line: entry.line }];
    if ('fields' in entry) return { fields: entry.fields, where };
    throw EnvironmentError.of('environment/row-line', { where, problem: entry.problem });
  });
}
