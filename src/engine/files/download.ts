/** Downloading one file into a cache: behind what is there already, in parts, held against what the server promised. */
import { paramsOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type { FileFacts, FileHash, ListedFile, PartialFile, Version } from './cache';
import { beginHash, hashOfEtag, type Hasher, type HashName } from './hash';
import { missing } from './missing';
import { ask, patiently, refusal, Transient, type Answer, type Asked, type RequestOptions } from './request';

export interface Download {
  readonly url: string;
  readonly origin: string;
  /** Inside the model. */
  readonly path: string;
  /** What a list of the repository says of it. */
  readonly listed: ListedFile | null;
  /** A hub tells hashes in its headers; elsewhere an entity tag of 40 digits may be anything. */
  readonly isHub: boolean;
  readonly createHash: (name: HashName) => Hasher;
  readonly onProgress?: ((loaded: number, total: number | null) => void) | undefined;
  /** Hears the headers of an answer. */
  readonly onAnswer?: (answer: Answer) => void;
}

/** Bytes at the start of a file that show a web page or a pointer to large storage. */
const SHOWN = 128;

/**
 * Fills `partial`, and resolves when all of the file is there and is what the server promised.
 * @throws PolicyError, or the signal's reason; what has come stays in `partial` unless it is no part of the file
 */
export async function download(
  wanted: Download,
  partial: PartialFile,
  options: RequestOptions,
): Promise<FileFacts> {
  const once = () => attempt(wanted, partial, options);
  return await patiently(wanted.origin, options, once, () => partial.size);
}

/** What an answer promises of the whole file. */
interface Promised {
  readonly version: Version;
  /** Bytes of the whole file; null where nobody says. */
  readonly size: number | null;
  readonly hash: FileHash | null;
}

async function attempt(wanted: Download, partial: PartialFile, options: RequestOptions): Promise<FileFacts> {
  const { url, origin, path, onProgress } = wanted;
  const { size: kept } = partial;
  const validator = validatorOf(partial.version);
  // Without either, nobody could tell whether the rest is of the same file.
  const goesOn = kept > 0 && (validator !== null || (wanted.listed?.hash ?? null) !== null);
  if (goesOn && kept === wanted.listed?.size) {
    const promised = { version: partial.version ?? NO_VERSION, size: kept, hash: wanted.listed.hash };
    return await judge(wanted, partial, promised, await hashOf(wanted, partial, promised));
  }
  const asked: Asked = {
    url,
    origin,
    method: 'GET',
    headers: {
      // Offsets and lengths count bytes of the file itself. Browsers do not let a page say so.
      ...(options.seesRedirects === true ? { 'accept-encoding': 'identity' } : {}),
      ...(goesOn
        ? { range: `bytes=${kept}-`, ...(validator === null ? {} : { 'if-range': validator }) }
        : {}),
    },
  };
  const answer = await ask(asked, options);
  wanted.onAnswer?.(answer);
  const { response } = answer;
  try {
    if (response.status === 404 || response.status === 410) throw missing(origin, path);
    if (response.status === 416 && goesOn) {
      await partial.begin(NO_VERSION);
      throw new Transient(PolicyError.of('policy/download-anew', { origin, url, why: 'shorter' }), 0);
    }
    if (response.status !== 200 && response.status !== 206) {
      throw refusal(answer, asked, wanted.isHub, hasToken(options));
    }
    if (isHtml(response) && !/\.html?$/.test(path)) throw pageError(wanted);
    const promised = promise(wanted, answer);
    if (response.status === 206) await checkRange(wanted, partial, response, promised);
    const resumes = response.status === 206;
    const hasher = resumes ? await hashOf(wanted, partial, promised) : startHash(wanted, promised);
    let begun = resumes;
    let head: Uint8Array = new Uint8Array(0);
    onProgress?.(resumes ? partial.size : 0, promised.size);
    const keep = async (bytes: Uint8Array) => {
      if (!begun) await partial.begin(promised.version);
      begun = true;
      if (bytes.length === 0) return;
      hasher?.update(bytes);
      await partial.append(bytes);
      onProgress?.(partial.size, promised.size);
    };
    for await (const chunk of answer.body()) {
      if (begun) {
        await keep(chunk);
        continue;
      }
      // What is no part of the file must not be kept as its beginning.
      head = joined(head, chunk);
      if (head.length < SHOWN) continue;
      refuseStrangers(wanted, head);
      await keep(head);
    }
    if (!begun) {
      refuseStrangers(wanted, head);
      await keep(head);
    }
    return await judge(wanted, partial, promised, hasher);
  } catch (error) {
    const unreachable = error instanceof Transient ? paramsOf(error.error, 'policy/unreachable') : null;
    if (error instanceof Transient && unreachable !== null && partial.size > 0) {
      const params = { ...unreachable, kept: partial.size };
      throw new Transient(PolicyError.of('policy/unreachable', params, { cause: error.error }), error.after);
    }
    throw error;
  } finally {
    answer.drop();
  }
}

const NO_VERSION: Version = { etag: null, lastModified: null };

/** What `If-Range` takes: a strong entity tag, or else the date. RFC 9110, 13.1.5. */
function validatorOf(version: Version | null): string | null {
  if (version === null) return null;
  return version.etag !== null && version.etag.startsWith('"') ? version.etag : version.lastModified;
}

function promise({ listed, isHub }: Download, answer: Answer): Promised {
  const { headers } = answer.response;
  const version = { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
  // The length of a compressed answer counts bytes that the reader never sees, and so do its ranges.
  const packed = headers.has('content-encoding') && headers.get('content-encoding') !== 'identity';
  const length = numberOf(headers.get('content-length'));
  const total = answer.response.status === 206 ? rangeOf(answer.response)?.total : packed ? null : length;
  const linked = isHub ? numberOf(answer.header('x-linked-size')) : null;
  const hash = isHub
    ? (hashOfEtag(answer.header('x-linked-etag')) ?? hashOfEtag(answer.header('etag')))
    : null;
  return {
    version: packed ? NO_VERSION : version,
    size: linked ?? listed?.size ?? total ?? null,
    hash: listed?.hash ?? hash,
  };
}

async function checkRange(
  wanted: Download,
  partial: PartialFile,
  response: Response,
  promised: Promised,
): Promise<void> {
  const range = rangeOf(response);
  const { etag } = partial.version ?? NO_VERSION;
  const changed = etag !== null && promised.version.etag !== null && etag !== promised.version.etag;
  if (range?.start === partial.size && !changed) return;
  await partial.begin(NO_VERSION);
  throw new Transient(
    PolicyError.of('policy/download-anew', { origin: wanted.origin, url: wanted.url, why: 'changed' }),
    0,
  );
}

function rangeOf(response: Response): { start: number; total: number | null } | null {
  const found = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  return found === null ? null : { start: Number(found[1]), total: numberOf(found[2] ?? null) };
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function startHash({ createHash }: Download, { hash, size }: Promised): Hasher | null {
  // Git's hash begins with the size.
  if (hash === null || (hash.name === 'git-sha1' && size === null)) return null;
  return beginHash(createHash, hash.name, size ?? 0);
}

async function hashOf(wanted: Download, partial: PartialFile, promised: Promised): Promise<Hasher | null> {
  const hasher = startHash(wanted, promised);
  if (hasher !== null) for await (const bytes of partial.read()) hasher.update(bytes);
  return hasher;
}

/** Whether what has come is the file. What is not is thrown away: the next try asks for all of it. */
async function judge(
  { origin, url }: Download,
  partial: PartialFile,
  { version, size, hash }: Promised,
  hasher: Hasher | null,
): Promise<FileFacts> {
  const { size: found } = partial;
  if (size !== null && found < size) {
    throw new Transient(
      PolicyError.of('policy/unreachable', { origin, url, fault: { found, size }, kept: null }),
    );
  }
  const digest = hasher?.digest();
  if ((size === null || found === size) && (digest === undefined || digest === hash?.hex)) {
    return { ...version, size: found, hash: hasher === null ? null : hash, fetched: Date.now() };
  }
  await partial.begin(NO_VERSION);
  const differs =
    size !== null && found !== size
      ? { size, came: found }
      : { hash: hash?.name ?? '', promised: hash?.hex ?? '', came: digest ?? '' };
  throw PolicyError.of('policy/wrong-content', { origin, url, found: differs });
}

function refuseStrangers(wanted: Download, head: Uint8Array): void {
  const start = new TextDecoder().decode(head.subarray(0, SHOWN));
  const plain = start.trimStart().toLowerCase();
  if (plain.startsWith('<!doctype html') || plain.startsWith('<html')) throw pageError(wanted);
  if (start.startsWith('version https://git-lfs.github.com/spec/')) {
    throw PolicyError.of('policy/lfs-pointer', { origin: wanted.origin, url: wanted.url });
  }
}

function pageError({ origin, path, url }: Download): PolicyError {
  return PolicyError.of('policy/web-page', { origin, path, url });
}

export function isHtml(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('text/html');
}

export function hasToken({ token }: RequestOptions): boolean {
  return (typeof token === 'function' ? token() : (token ?? null)) !== null;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
