/**
 * The page's two documents: index.html, whose policy lets it reach its own site alone, and open.html, which adds to its
 * policy what the visitor has agreed to before anything is asked for. Both are made by scripts/page-policy.ts.
 */
const OPEN = 'open.html';
/** In the tab's own storage, so that another page's link cannot bring it. */
const AGREED = 'mailgym-agreed';
/** What a link names on other sites. */
const NAMES_ELSEWHERE = ['model', 'hubEndpoint', 'run', 'run.bytes'];

/** Null in development, whose server writes no policy. */
export function documentKind(): 'locked' | 'open' | null {
  const content = document.querySelector<HTMLMetaElement>('meta[name="mailgym-document"]')?.content;
  return content === 'locked' || content === 'open' ? content : null;
}

/** Sources that the visitor of this tab agreed to; none where the browser keeps nothing. */
export function agreed(): readonly string[] {
  try {
    const sources: unknown = JSON.parse(sessionStorage.getItem(AGREED) ?? '[]');
    return Array.isArray(sources) ? sources.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

/** Leaves for the document that may reach these sources. Where the browser keeps nothing, that one asks again. */
export function openFor(sources: readonly string[]): void {
  try {
    sessionStorage.setItem(AGREED, JSON.stringify([...new Set([...agreed(), ...sources])]));
  } catch {
    // As said.
  }
  go(OPEN, location.hash);
}

/** Back to the document that reaches its own site alone, without what lies elsewhere. */
export function lock(): void {
  try {
    sessionStorage.removeItem(AGREED);
  } catch {
    // Then nothing was kept.
  }
  const query = new URLSearchParams(location.hash.slice(1));
  for (const name of NAMES_ELSEWHERE) query.delete(name);
  go('./', `#${query.toString()}`);
}

/** Adds to this document's policy that it reaches nothing but these and its own site. It cannot be taken back. */
export function limitTo(sources: readonly string[]): void {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = ["connect-src 'self'", ...sources].join(' ');
  document.head.append(meta);
}

function go(file: string, hash: string): void {
  const url = new URL(file, location.href);
  url.search = location.search;
  url.hash = hash;
  // A document that differs in its fragment alone would not be loaded anew.
  if (url.pathname === location.pathname) {
    history.replaceState(null, '', url.href);
    location.reload();
  } else location.assign(url.href);
}
