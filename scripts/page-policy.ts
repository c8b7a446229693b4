/**
 * Writes the Content-Security-Policy into the built page, and makes the second document of the same page, open.html, which
 * may be given a wider one (src/ui/reach/). Static hosts send no headers, so the policies stand in the documents; workers
 * are started from blobs, which inherit them (src/ui/worker-start.ts). docs/page.md has the reasons.
 */
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { FRAME_SCRIPT } from '../src/env/host/frame';

/** Of a document or script of the page, where a server can say so too: see serve.ts. */
export const LOCKED_CONNECT = "connect-src 'self'";
/** Narrowed by the page itself to what the visitor agrees to, before it asks for anything. */
const OPEN_CONNECT = 'connect-src *';

/** Name of the Trusted Types policy, which src/ui/trusted.ts makes. */
const TRUSTED = 'mailgym';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function policyOf(html: string, connect: string): string {
  const styles = [...html.matchAll(/<style[^>]*>([^]*?)<\/style>/g)].map(([, text = '']) => hashOf(text));
  return [
    "default-src 'none'",
    // blob: for users' files, whose frame inherits this; the hash is of that frame's script.
    `script-src 'self' 'wasm-unsafe-eval' blob: ${hashOf(FRAME_SCRIPT)}`,
    "worker-src 'self' blob:",
    connect,
    ["style-src 'self'", ...styles].join(' '),
    "img-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${TRUSTED}`,
  ].join('; ');
}

function withPolicy(html: string, kind: 'locked' | 'open'): string {
  const policy = policyOf(html, kind === 'locked' ? LOCKED_CONNECT : OPEN_CONNECT);
  const metas = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    `<meta name="mailgym-document" content="${kind}" />`,
  ];
  // Before anything that could fetch or run.
  const [before, after] = html.split('<meta charset="utf-8" />');
  if (before === undefined || after === undefined) throw new Error('index.html has not one charset.');
  return `${before}<meta charset="utf-8" />\n    ${metas.join('\n    ')}${after}`;
}

export function pagePolicy(): Plugin {
  return {
    name: 'mailgym-policy',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the build made no index.html');
      const html = String(page.source);
      if (/<script(?![^>]*\ssrc=)/.test(html)) throw new Error('index.html has a script of its own');
      page.source = withPolicy(html, 'locked');
      this.emitFile({ type: 'asset', fileName: 'open.html', source: withPolicy(html, 'open') });
    },
  };
}
