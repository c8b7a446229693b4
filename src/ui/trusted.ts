/**
 * What may become script on this page, where the browser holds to Trusted Types: the service worker, blobs that the page
 * made itself, and the document of the frame for users' files. https://w3c.github.io/trusted-types/
 */
import { frameDocument } from '../env/host/frame';

/** As it is registered. */
export const SERVICE_WORKER = './sw.js';

/** The part that is used here; TypeScript's DOM library lacks it. */
interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

const own = new Set([SERVICE_WORKER]);

function allowed(text: string, isAllowed: boolean): string {
  if (isAllowed) return text;
  throw new TypeError(`This page makes no script of ${text.slice(0, 80)}.`);
}

const RULES: Policy = {
  createHTML: (html) => allowed(html, html === frameDocument()),
  createScriptURL: (url) => allowed(url, own.has(url)),
};

const policy =
  (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('mailgym', RULES) ?? RULES;

/** @throws TypeError for what is none of the page's own */
export const trustedFrame = (html: string): string => policy.createHTML(html);
/** @throws TypeError for what is none of the page's own */
export const trustedScript = (url: string): string => policy.createScriptURL(url);

/** A script of the page's own making, for a worker. */
export function scriptOf(code: string): string {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  own.add(url);
  return trustedScript(url);
}
