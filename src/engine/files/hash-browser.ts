/** WebCrypto takes a whole file at once, so browsers hash in JavaScript. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Hasher, HashName } from './hash';

export function createBrowserHash(name: HashName): Hasher {
  const hash = (name === 'sha1' ? sha1 : sha256).create();
  return { update: (bytes) => void hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
}
