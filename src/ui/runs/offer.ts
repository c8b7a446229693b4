/** A run file that a link names. Nothing is asked of its host before the visitor has said yes. Pure but for `fetchRun`. */
import { PageError } from '../page-error';
import { MOST_BYTES } from './given';

export interface RunOffer {
  /** Absolute, http or https. */
  readonly url: string;
  readonly host: string;
  /** As the link says; null where it does not. Only the host itself knows, and it is not asked yet. */
  readonly bytes: number | null;
}

/** @returns null for what is no address of a file on the web */
export function offerOf(text: string, bytes: string, base: string): RunOffer | null {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  // A name and password of a link would be sent along.
  url.username = '';
  url.password = '';
  const size = Number(bytes);
  return {
    url: url.href,
    host: url.host,
    bytes: bytes !== '' && Number.isSafeInteger(size) && size > 0 ? size : null,
  };
}

/** The file, with the last name of its address. Sends neither cookies nor where the visitor comes from. @throws PageError */
export async function fetchRun({ url }: RunOffer, fetcher: typeof fetch = fetch): Promise<File> {
  const name = new URL(url).pathname.split('/').at(-1) || 'run.zip';
  let response: Response;
  try {
    response = await fetcher(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch (cause) {
    throw PageError.of('page/run-address', { url, why: 'unreachable' }, { cause });
  }
  if (!response.ok) throw PageError.of('page/run-address', { url, why: { status: response.status } });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) break;
    bytes += next.value.length;
    if (bytes > MOST_BYTES) {
      await reader?.cancel();
      throw PageError.of('page/run-large', { name, bytes, most: MOST_BYTES });
    }
    parts.push(next.value);
  }
  return new File(parts, /\.(zip|jsonl)$/i.test(name) ? name : `${name}.zip`);
}
