/**
 * Service worker of the built page. Promise: after one complete visit the page starts and trains without a network.
 * The page's own files are fetched on installation; models, datasets and the like when they are first used, and are
 * asked for anew whenever there is a network.
 */
const { version, files } = __PRECACHE__;
/** Put in by the build (vite.config.ts): the page's files, and a hash that changes with any of them. */
declare const __PRECACHE__: { readonly version: string; readonly files: readonly string[] };

/** The part of the service worker's global scope that is used here; TypeScript's DOM library lacks it. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
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

const scope = self as unknown as Scope;
const base = scope.registration.scope;
const PAGE = `mailgym-page ${base} ${version}`;
const DATA = `mailgym-data ${base}`;
const pageUrls = new Set(files.map((file) => new URL(file, base).href));

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(PAGE)
      .then((cache) => cache.addAll([...pageUrls].map((url) => new Request(url, { cache: 'no-cache' })))),
  );
});

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
    const stored = await caches.match(new URL('index.html', base).href);
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
  if (
    request.method === 'GET' &&
    answer.status === 200 &&
    !request.url.startsWith(new URL('models/', base).href)
  ) {
    const copy = answer.clone();
    // A full disk must not fail a download that has succeeded.
    await caches
      .open(DATA)
      .then((cache) => cache.put(request.url, copy))
      .catch(() => undefined);
  }
  return answer;
}

// Makes this file a module for TypeScript; nothing is exported.
export {};
