/** Hashes of files that come in parts. */
import type { FileHash } from './cache';

export type HashName = 'sha1' | 'sha256';

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal digits. Ends the hash. */
  digest(): string;
}

/** Begins the hash that a server's promise is of. @param size bytes of the whole file, which git puts first */
export function beginHash(create: (name: HashName) => Hasher, kind: FileHash['name'], size: number): Hasher {
  if (kind === 'sha256') return create('sha256');
  const hasher = create('sha1');
  hasher.update(new TextEncoder().encode(`blob ${size}\0`));
  return hasher;
}

/**
 * The hash that an entity tag of the hub is: 64 digits are the SHA-256 of a file in large storage, 40 the id of a git
 * blob. Null for any other tag.
 */
export function hashOfEtag(etag: string | null): FileHash | null {
  const hex = (etag ?? '').replace(/^W\//, '').replaceAll('"', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { name: 'sha256', hex };
  return /^[0-9a-f]{40}$/.test(hex) ? { name: 'git-sha1', hex } : null;
}
