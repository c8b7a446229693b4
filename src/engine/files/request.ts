/** One question to a server, asked again where that can help, and its answer judged. */
import { told } from '../../errors';
import { PolicyError } from '../../errors/policy';
import { pause } from './pause';

/** How servers are asked. */
export interface RequestOptions {
  readonly fetch?: typeof fetch;
  /**
   * A token of the hub, sent as `Authorization: Bearer` to the address itself and never to another host that it leads to.
   * A function is asked anew each time.
   */
  readonly token?: string | (() => string | null);
  /** Ends the waiting: what was asked rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Most milliseconds without any data before a try is given up. Default 30,000. */
  readonly timeoutMs?: number;
  /** Tries after the first one, counted anew whenever data came. Default 5. */
  readonly retries?: number;
  /** Milliseconds before the second try; twice as many before each one after it. Default 1,000. */
  readonly backoffMs?: number;
  /** A server that wants a longer pause, in milliseconds, is not waited for. Default 120,000. */
  readonly longestPauseMs?: number;
  /** Hears in words why there is a wait. */
  readonly onNote?: (line: string) => void;
  /**
   * Whether answers that lead elsewhere can be looked at, as in Node; browsers follow them unseen. The hub tells a file's
   * size and hash in these.
   */
  readonly seesRedirects?: boolean;
}

/** One question. */
export interface Asked {
  readonly url: string;
  /** For messages. */
  readonly origin: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with the headers of those that led to it, and a watch over its body. */
export interface Answer {
  readonly response: Response;
  /** A header of the answer or, where absent there, of the redirects before it. */
  header(name: string): string | null;
  /** Chunks of the body. @throws Transient when it is cut, or when nothing comes for too long */
  body(): AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody wants. */
  drop(): void;
}

/** A failure after which the same question may succeed. */
export class Transient extends Error {
  readonly error: PolicyError;
  /** Milliseconds that the server wants to be left alone; null where it does not say. */
  readonly after: number | null;
  constructor(error: PolicyError, after: number | null = null) {
    super(error.message, { cause: error });
    this.error = error;
    this.after = after;
  }
}

const MOST_REDIRECTS = 10;

/**
 * Does `work` until it succeeds, or fails in a way that waiting does not change, or has failed too often.
 * @param progress anything that is different once a try has come further
 * @throws PolicyError, or the signal's reason
 */
export async function patiently<T>(
  origin: string,
  options: RequestOptions,
  work: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  const { signal, retries = 5, backoffMs = 1000, longestPauseMs = 120_000, onNote } = options;
  for (let failed = 0, reached = progress(); ;) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      const now = progress();
      failed = now > reached ? 1 : failed + 1;
      reached = Math.max(now, reached);
      if (failed > retries) throw error.error;
      const wait = error.after ?? backoffMs * 2 ** (failed - 1);
      if (wait > longestPauseMs) {
        throw PolicyError.of(
          'policy/server-waits',
          { first: told(error.error), seconds: Math.ceil(wait / 1000) },
          { cause: error.error },
        );
      }
      onNote?.(
        `${origin}: ${error.error.message.replace(`${origin}: `, '')} Trying again in ${seconds(wait)}.`,
      );
      await pause(wait, signal);
    }
  }
}

const seconds = (ms: number): string => `${ms < 1000 ? (ms / 1000).toFixed(1) : Math.ceil(ms / 1000)} s`;

/** Asks once. @throws Transient where it may help to ask again; statuses are the caller's to judge */
export async function ask(asked: Asked, options: RequestOptions): Promise<Answer> {
  const { origin } = asked;
  const { timeoutMs = 30_000 } = options;
  const controller = new AbortController();
  const stop = () => controller.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', stop, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Stalled()), timeoutMs);
  };
  const end = () => {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  };
  const failure = (error: unknown, during: 'request' | 'download'): unknown => {
    if (options.signal?.aborted === true) return options.signal.reason;
    const { url } = asked;
    if (controller.signal.reason instanceof Stalled) {
      const params = { origin, url, during, seconds: timeoutMs / 1000 };
      return new Transient(PolicyError.of('policy/download-stalled', params, { cause: error }));
    }
    const fault = { during, reason: reasonOf(error), isPage: options.seesRedirects !== true };
    return new Transient(
      PolicyError.of('policy/unreachable', { origin, url, fault, kept: null }, { cause: error }),
    );
  };
  watch();
  let followed: { response: Response; earlier: Headers[] };
  try {
    followed = await follow(asked, options, controller.signal);
  } catch (error) {
    end();
    if (error instanceof PolicyError) throw error;
    throw failure(error, 'request');
  }
  const { response, earlier } = followed;
  async function* body(): AsyncIterable<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        watch();
        const part = await reader?.read();
        if (part?.value === undefined) return;
        clearTimeout(timer);
        yield part.value;
      }
    } catch (error) {
      throw failure(error, 'download');
    } finally {
      end();
      // Whoever stops reading ends the download.
      controller.abort();
    }
  }
  if (asked.method === 'HEAD') end();
  return {
    response,
    header: (name) =>
      [response.headers, ...earlier].reduce<string | null>(
        (found, headers) => found ?? headers.get(name),
        null,
      ),
    body,
    drop: () => {
      end();
      controller.abort();
    },
  };
}

class Stalled extends Error {}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  // Node says "fetch failed", and why in the cause.
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}

async function follow(
  { url, origin, method, headers = {} }: Asked,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<{ response: Response; earlier: Headers[] }> {
  const fetchOne = options.fetch ?? fetch;
  const { token } = options;
  const secret = typeof token === 'function' ? token() : (token ?? null);
  const seen = options.seesRedirects === true;
  const earlier: Headers[] = [];
  for (let address = url; ;) {
    const own = new URL(address).origin === new URL(url).origin;
    const response = await fetchOne(address, {
      method,
      // A browser takes the header off itself when it follows to another origin.
      headers: { ...headers, ...(secret !== null && own ? { authorization: `Bearer ${secret}` } : {}) },
      redirect: seen ? 'manual' : 'follow',
      // The browser's own cache would hold each file a second time.
      cache: 'no-store',
      signal,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return { response, earlier };
    await response.body?.cancel();
    earlier.unshift(response.headers);
    const next = new URL(location, address);
    if (earlier.length > MOST_REDIRECTS || !/^https?:$/.test(next.protocol)) {
      throw PolicyError.of('policy/redirects', { origin, url });
    }
    address = next.href;
  }
}

/** The error for an answer that is not what was asked for; transient where the server may yet change its mind. */
export function refusal(answer: Answer, { url, origin }: Asked, isHub: boolean, hasToken: boolean): Error {
  const { status, statusText } = answer.response;
  const answered = { origin, url, status, statusText };
  if (status === 401 || status === 403) {
    const reason = answer.header('x-error-message') || null;
    const door = !isHub ? 'not-public' : hasToken ? doorOf(answer) : 'no-token';
    return PolicyError.of('policy/needs-token', { ...answered, door, reason });
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const error = PolicyError.of('policy/server-busy', answered);
    return new Transient(error, retryAfter(answer.header('retry-after')));
  }
  return PolicyError.of('policy/download', answered);
}

/** What stays closed to a token. */
function doorOf(answer: Answer): 'conditions-not-accepted' | 'token-does-not-open' {
  return answer.header('x-error-code') === 'GatedRepo' ? 'conditions-not-accepted' : 'token-does-not-open';
}

/** Milliseconds of a `Retry-After` header: seconds, or a date. RFC 9110, 10.2.3. */
export function retryAfter(header: string | null, now = Date.now()): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return 1000 * Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
