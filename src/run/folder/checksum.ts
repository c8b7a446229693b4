/** What tells whether a file still is what the run wrote. */
import type { Damage } from '../../errors/texts/damage';

export interface FileRecord {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** SHA-256 in hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function recordOf(bytes: Uint8Array): Promise<FileRecord> {
  return { bytes: bytes.byteLength, sha256: await sha256(bytes) };
}

export function sameRecord(a: FileRecord, b: FileRecord): boolean {
  return a.bytes === b.bytes && a.sha256 === b.sha256;
}

/** What is wrong with a file; null when it is what was recorded. */
export async function damageOf(found: Uint8Array | null, record: FileRecord): Promise<Damage | null> {
  if (found === null) return 'missing';
  if (found.byteLength !== record.bytes) {
    return { bytes: found.byteLength, recorded: record.bytes };
  }
  return (await sha256(found)) === record.sha256 ? null : 'other-sum';
}

export function isFileRecord(value: unknown): value is FileRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    Number.isSafeInteger(value.bytes) &&
    'sha256' in value &&
    typeof value.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}
