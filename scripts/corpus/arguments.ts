/** Words of a command line that names files of mail. */
import { parseArgs } from 'node:util';
import { UsageError } from './files';

export type Flags = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** @throws UsageError */
export function parse(
  args: readonly string[],
  options: Flags,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // The first sentence names the flag; the rest is advice on `--`.
    throw new UsageError(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`);
  }
}

/** A whole number. @throws UsageError */
export function count(value: unknown, flag: string, absent: number, least: 0 | 1 = 1): number {
  if (value === undefined) return absent;
  if (typeof value === 'string' && /^\d+$/.test(value) && Number(value) >= least) return Number(value);
  throw new UsageError(
    `${flag} should be a whole number ${least === 1 ? 'above 0' : 'that is not negative'}, found ${String(value)}.`,
  );
}

/** A number from 0 to below 1. @throws UsageError */
export function share(value: unknown, flag: string, absent: number): number {
  if (value === undefined) return absent;
  if (typeof value === 'string' && /^0?\.\d+$|^0$/.test(value)) return Number(value);
  throw new UsageError(`${flag} should be a share such as 0.1, found ${String(value)}.`);
}
