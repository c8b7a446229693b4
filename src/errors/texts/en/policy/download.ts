/** Texts about servers, downloads and what is kept of them. */
import type { Foreign, Tell, Told } from '../../types';
import type { From } from './files';

export interface Asked extends From {
  readonly url: string;
}
export interface Answered extends Asked {
  readonly status: number;
  /** The server's words for it; may be empty. */
  readonly statusText: Foreign;
}
type During = 'request' | 'download';
/** What happened on the way: words of the network, or an end before the promised size. */
export type DownloadFault =
  | { readonly during: During; readonly reason: Foreign; readonly isPage: boolean }
  | { readonly found: number; readonly size: number };

/** What to do where a file is not given to everybody. */
const DOORS = {
  'not-public': 'The file is not public; choose one that is.',
  'token-does-not-open':
    'The token given does not open it: check the name, and that the token may read this model.',
  'conditions-not-accepted':
    'The token given does not open it: accept the conditions on the model’s page first, or check the name, and that the ' +
    'token may read this model.',
  'no-token':
    'The model does not exist, or is private or gated. If you may use it, make a token at ' +
    'https://huggingface.co/settings/tokens and give it as HF_TOKEN in the environment, or beside the model on the page.',
};

const answered = ({ origin, url, status, statusText }: Answered): string =>
  `${origin}: ${url} answered ${status} ${statusText}`.trimEnd();
const brokenOff = (url: string, during: During): string =>
  during === 'request' ? `${url} could not be reached` : `the download of ${url} broke off`;

function unreachable({ origin, url }: Asked, fault: DownloadFault): string {
  if ('found' in fault) {
    return `${origin}: the download of ${url} ended after ${fault.found} of ${fault.size} bytes. Try again.`;
  }
  const { during, reason, isPage } = fault;
  const cors = isPage ? ', and that the server allows requests from this page (CORS)' : '';
  return `${origin}: ${brokenOff(url, during)} (${reason}). Check the network connection and the address${cors}.`;
}

export const download = {
  'policy/server-waits': ({ first, seconds: wait }: { first: Told; seconds: number }, tell: Tell) =>
    `${tell(first)} It asks to be left alone for ${wait} s; try again then.`,
  'policy/unreachable': ({ fault, kept, ...asked }: Asked & { fault: DownloadFault; kept: number | null }) =>
    `${unreachable(asked, fault)}${kept === null ? '' : ` The first ${kept} bytes are kept; the next try goes on behind them.`}`,
  'policy/download-stalled': ({
    origin,
    url,
    during,
    seconds,
  }: Asked & { during: During; seconds: number }) =>
    `${origin}: ${brokenOff(url, during)} (nothing came for ${seconds < 1 ? seconds.toFixed(1) : Math.ceil(seconds)} s). Check the network connection and the address.`,
  'policy/download-anew': ({ origin, url, why }: Asked & { why: 'shorter' | 'changed' }) =>
    why === 'shorter'
      ? `${origin}: ${url} is shorter than what was kept of it; it begins anew.`
      : `${origin}: ${url} has changed since a part of it was downloaded; it begins anew.`,
  'policy/redirects': ({ origin, url }: Asked) =>
    `${origin}: ${url} leads round in circles, or to no address of the web. Check the address.`,
  'policy/needs-token': ({
    door,
    reason,
    ...answer
  }: Answered & { door: keyof typeof DOORS; reason: Foreign | null }) =>
    `${answered(answer)}${reason === null ? '' : ` (${reason})`}. ${DOORS[door]}`,
  'policy/server-busy': (answer: Answered) =>
    `${answered(answer)}. The server is busy or ill. Try again later.`,
  'policy/download': (answer: Answered) =>
    `${answered(answer)}. Check the name, and that the server has the file.`,
  'policy/wrong-content': ({
    origin,
    url,
    found,
  }: Asked & {
    found: { size: number; came: number } | { hash: string; promised: string; came: string };
  }) =>
    `${origin}: the server promises ${'size' in found ? `${found.size} bytes` : `the ${found.hash} hash ${found.promised}`} for ${url}, and ${found.came} came. ` +
    'Something on the way changed the file, or it was changed meanwhile. Nothing of it was kept; try again, or choose ' +
    'another revision.',
  'policy/lfs-pointer': ({ origin, url }: Asked) =>
    `${origin}: ${url} is a Git LFS pointer, a note of where the file is, and not the file. Nothing of it was kept. Give an ` +
    'address that serves the file itself (on the hub /resolve/, not /raw/), or run git lfs pull where the server takes its ' +
    'files from.',
  'policy/web-page': ({ origin, path, url }: Asked & { path: string }) =>
    `${origin}: asked for ${path}, got a web page. The server answers unknown addresses with a page, so the file is most ` +
    `likely not there; check ${url}.`,
  'policy/offline': ({ origin, path }: From & { path: string }) =>
    `${origin}: ${path} is not among the downloads kept, and offline is set, so no server is asked. Leave offline out once to ` +
    'download it, or give the path of a folder.',
  'policy/cache': ({ place, full, reason }: { place: string; full: boolean; reason: Foreign }) =>
    `The cache ${place} ${full ? 'is full' : 'cannot be written'} (${reason}). ` +
    `${full ? 'Make room, with npm run models -- --clear for one, or set' : 'Set'} MAILGYM_CACHE to a folder elsewhere.`,
};
