/**
 * Service worker of the built page. Promise: after a visit that has trained, the first one too, the page starts and trains
 * without a network. Models, datasets and the like are kept when they are first used, and are asked for anew whenever
 * there is a network. The page's own files are kept when the page says so: on a first visit nothing may stand in the
 * way of the model. A newer version of the page is fetched whole before it takes the place of the one before.
 */
const { version, files } = __PRECACHE__;
/** Put in by the build (vite.config.ts): the page's files, and a hash that changes with any of them. */
declare const __PRECACHE__: { readonly version: string; readonly files: readonly string[] };

/** The part of the service worker's global scope that is used here; TypeScript's DOM library lacks it. */
interface Scope {
  readonly registration: { readonly scope: string; readonly active: unknown };
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: LifeEvent & MessageEvent) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
}
interface LifeEvent {
  waitUntil(done: Promise<unknown>): void;
}
interface RequestEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** What src/ui/offline.ts says when the page's own files are to be kept; it is answered with true. */
const KEEP_PAGE = 'keep-page';

const scope = self as unknown as Scope;
const base = scope.registration.scope;
const PAGE = `mailgym-page ${base} ${version}`;
const DATA = `mailgym-data ${base}`;
const pageUrls = new Set(files.map((file) => new URL(file, base).href));

scope.addEventListener('install', (event) => {
  event.waitUntil(scope.registration.active === null ? scope.skipWaiting() : keepPage());
});

scope.addEventListener('message', (event) => {
  if (event.data === KEEP_PAGE) event.waitUntil(keepPage().then(() => event.ports[0]?.postMessage(true)));
});

/** Fetches what is not there yet. Names carry a hash of their content, so the browser's own copy will do, but for the page. */
async function keepPage(): Promise<void> {
  const cache = await caches.open(PAGE);
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  const missing = [...pageUrls].filter((url) => !kept.has(url));
  await cache.addAll(
    missing.map((url) => new Request(url, { cache: url.endsWith('.html') ? 'no-cache' : 'default' })),
  );
}

scope.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([removeOldPages(), scope.clients.claim()]));
});

async function removeOldPages(): Promise<void> {
  const prefix = `mailgym-page ${base} `;
  const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== PAGE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin || !url.href.startsWith(base)) return;
  if (request.method !== 'GET' && request.method !== 'HEAD') return;
  if (request.mode === 'navigate') event.respondWith(navigation(request));
  else if (pageUrls.has(url.href)) event.respondWith(pageFile(request));
  else event.respondWith(dataFile(request));
});

/** A newer page beats the stored one; what the address asks for is read by the page itself. */
async function navigation(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const { origin, pathname } = new URL(request.url);
    const own = origin + pathname;
    const stored = await caches.match(pageUrls.has(own) ? own : new URL('index.html', base).href);
    if (stored) return stored;
    throw error;
  }
}

async function pageFile(request: Request): Promise<Response> {
  return (await caches.match(request.url, { cacheName: PAGE })) ?? (await fetch(request));
}

async function dataFile(request: Request): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch (error) {
    const stored = await caches.match(request.url, { ignoreVary: true });
    if (stored && request.method === 'HEAD') return new Response(null, { headers: stored.headers });
    if (stored) return stored;
    // A question whether an optional file exists needs an answer, not a failed connection. The page keeps models itself,
    // where this worker does not see them; by the header it knows that no server has said so.
    if (request.method === 'HEAD') {
      return new Response(null, { status: 404, headers: { 'x-mailgym-offline': '1' } });
    }
    throw error;
  }
  if (request.method === 'GET' && answer.status === 200 && !isKeptByPage(request, answer)) {
    const copy = answer.clone();
    // A full disk must not fail a download that has succeeded.
    await caches
      .open(DATA)
      .then((cache) => cache.put(request.url, copy))
      .catch(() => undefined);
  }
  return answer;
}

/** The page keeps models itself where it can tell one version from the next. */
function isKeptByPage({ url }: Request, { headers }: Response): boolean {
  const isModel = url.startsWith(new URL('models/', base).href);
  return isModel && (headers.has('etag') || headers.has('last-modified'));
}

// Makes this file a module for TypeScript; nothing is exported.
export {};
