/** Reads Parquet files, as Hugging Face writes datasets. Loaded only when there is one. */
import { gunzipSync } from 'fflate';
import { decompress as unzstd } from 'fzstd';
import { parquetReadObjects, type Compressors } from 'hyparquet';
import type { JsonObject } from '../../conversation/types';
import { EnvironmentError } from '../errors';

/** Beside Snappy and no compression, which the library brings. */
const COMPRESSORS: Compressors = { GZIP: (input) => gunzipSync(input), ZSTD: (input) => unzstd(input) };

/**
 * All rows, values as JSON has them: whole numbers beyond 2^53 and dates as text; binary columns that hold no text are
 * left out.
 * @throws EnvironmentError when the bytes are no sound Parquet file, or compressed in another way.
 */
export async function readParquet(bytes: Uint8Array, path: string): Promise<readonly JsonObject[]> {
  // Not slice: on Node's Buffer it shares memory, and the buffer would hold other files too.
  const file = new Uint8Array(bytes).buffer;
  let rows: readonly Record<string, unknown>[];
  try {
    rows = await parquetReadObjects({ file, compressors: COMPRESSORS, utf8: false });
  } catch (error) {
    throw EnvironmentError.of('environment/no-parquet', {
      path,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  return rows.map((row) => jsonOf(row) as JsonObject);
}

/** undefined, which JSON leaves out of objects, for what it cannot hold. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => jsonOf(item) ?? null);
  if (value instanceof Uint8Array) return textOf(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, jsonOf(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Some writers do not mark their texts as such. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
