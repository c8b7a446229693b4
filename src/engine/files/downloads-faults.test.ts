/** Every fault of the table in docs/downloads.md: what is told, what is kept, what a second try asks for. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  CACHES,
  CUT,
  FILE,
  OTHER,
  PATH,
  SIZE,
  WEIGHTS,
  failure,
  files,
  hub,
  linked,
  reached,
  serveDownloads,
  server,
} from '../../../tests/support/downloads';
import { type Behaviour } from '../../../tests/support/fault-server';

serveDownloads();

interface Fault {
  readonly name: string;
  readonly first: Behaviour;
  /** What becomes of the file before the second try. */
  readonly then?: () => void;
  readonly second?: Behaviour;
  /** Code of the error, or null where the first try succeeds. */
  readonly code: string | null;
  readonly says?: RegExp;
  /** Bytes. */
  readonly kept: number;
  /** `Range` of the second try's request, null for all of the file, undefined for no request. */
  readonly asks: string | null | undefined;
}

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize ${SIZE}\n`;
const FAULTS: readonly Fault[] = [
  { name: 'none', first: {}, code: null, kept: SIZE, asks: undefined },
  { name: 'no length', first: { chunked: true }, code: null, kept: SIZE, asks: undefined },
  { name: 'gzip', first: { gzip: true }, code: null, kept: SIZE, asks: undefined },
  {
    name: '401',
    first: { status: 401 },
    code: 'policy/needs-token',
    says: /answered 401.*private or gated.*HF_TOKEN/s,
    kept: 0,
    asks: null,
  },
  {
    name: '403',
    first: { status: 403, headers: { 'x-error-code': 'GatedRepo', 'x-error-message': 'Ask for access' } },
    code: 'policy/needs-token',
    says: /answered 403.*Ask for access.*HF_TOKEN/s,
    kept: 0,
    asks: null,
  },
  { name: '404', first: { status: 404 }, code: 'policy/no-such-file', kept: 0, asks: null },
  {
    name: '429',
    first: { status: 429, headers: { 'retry-after': '1' } },
    code: 'policy/server-busy',
    says: /answered 429/,
    kept: 0,
    asks: null,
  },
  { name: '503', first: { status: 503 }, code: 'policy/server-busy', kept: 0, asks: null },
  {
    name: 'a web page',
    first: { body: '<!doctype html><html></html>', headers: { 'content-type': 'text/html' } },
    code: 'policy/web-page',
    says: /got a web page/,
    kept: 0,
    asks: null,
  },
  {
    name: 'a web page that says it is a file',
    first: { body: '\n <!DOCTYPE HTML><p>', headers: { 'content-type': 'application/octet-stream' } },
    code: 'policy/web-page',
    kept: 0,
    asks: null,
  },
  {
    name: 'an LFS pointer',
    first: { body: POINTER },
    code: 'policy/lfs-pointer',
    says: /Git LFS pointer/,
    kept: 0,
    asks: null,
  },
  {
    name: 'cut',
    first: { cutAfter: CUT },
    code: 'policy/unreachable',
    says: /broke off.*first 100000 bytes are kept/s,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'stall',
    first: { stallAfter: CUT },
    code: 'policy/download-stalled',
    says: /nothing came for 1 s/,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, then another file',
    first: { cutAfter: CUT },
    then: () => server.files.set(PATH, OTHER),
    code: 'policy/unreachable',
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, then a server without ranges',
    first: { cutAfter: CUT },
    second: { ignoresRange: true },
    code: 'policy/unreachable',
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'cut, gzip',
    first: { cutAfter: CUT, headers: { 'content-encoding': 'gzip' }, body: Buffer.alloc(SIZE) },
    code: 'policy/unreachable',
    kept: 0,
    asks: null,
  },
  {
    name: 'wrong hash',
    first: { body: OTHER, headers: linked(FILE) },
    code: 'policy/wrong-content',
    says: /promises the sha256 hash.*Nothing of it was kept/s,
    kept: 0,
    asks: null,
  },
  {
    name: 'too short',
    first: { body: FILE.subarray(0, CUT), headers: linked(FILE) },
    code: 'policy/unreachable',
    says: /ended after 100000 of 300000 bytes/,
    kept: CUT,
    asks: `bytes=${CUT}-`,
  },
  {
    name: 'too long',
    first: { headers: linked(FILE, SIZE - 1) },
    code: 'policy/wrong-content',
    says: /promises 299999 bytes.*300000 came/,
    kept: 0,
    asks: null,
  },
];

/** Of a server that asks for a longer pause than is waited; told only where a second try is allowed. */
const TOO_LONG = 'policy/server-waits';

describe.each(CACHES)('faults, %s', (_, open) => {
  test.each(FAULTS)('$name', async ({ first, then, second, code, says, kept, asks }) => {
    const cache = open();
    server.plan.set(PATH, [first]);
    const reading = hub(cache, first.stallAfter === undefined ? {} : { timeoutMs: 1000 }).read(
      WEIGHTS,
      reached,
    );
    if (code === null) expect(Buffer.from(await reading).equals(FILE)).toBe(true);
    else {
      const error = await failure(reading);
      expect(error.code).toBe(code);
      if (says !== undefined) expect(error.message).toMatch(says);
      expect(error.message).toContain('hub:owner/name');
    }
    const [source] = await cache.list();
    expect(source?.cached.length ?? 0).toBe(code === null ? 1 : 0);
    const bytes = code === null ? source?.cached[0]?.facts.size : source?.partialBytes;
    // What gzip wraps is a few bytes that unpack to nothing here; that it is not gone on with shows below.
    if (first.headers?.['content-encoding'] === undefined) expect(bytes ?? 0).toBe(kept);
    // Another process, so to say: only the cache is the same.
    server.seen.length = 0;
    if (second !== undefined) server.plan.set(PATH, [second]);
    then?.();
    const again = Buffer.from(await hub(cache).read(WEIGHTS, reached));
    expect(again.equals(server.files.get(PATH) as Buffer)).toBe(true);
    expect(files()[0]).toBe(asks === undefined ? undefined : ['GET', PATH, asks].filter(Boolean).join(' '));
  });
});

test('the table of the docs has these faults', async () => {
  const docs = await readFile(new URL('../../../docs/downloads.md', import.meta.url), 'utf8');
  for (const code of [...FAULTS.map((fault) => fault.code), TOO_LONG]) {
    if (code !== null) expect(docs).toContain(`\`${code}\``);
  }
});
