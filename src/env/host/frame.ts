/**
 * The frame in which the page keeps a user's file: an origin of its own, a policy without any network, and a worker for
 * each guest, so that a file that loops for ever stops nobody else. This text runs in the frame; it cannot import.
 */
/** What our side asks of the frame. */
export type FrameRequest =
  { readonly kind: 'start'; readonly id: number } | { readonly kind: 'terminate'; readonly id: number };

/** What the frame answers; with `started` comes the port to the guest. */
export type FrameAnswer =
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'gone'; readonly id: number; readonly reason: string };

/** What the page gives the frame, with the port on which the frame takes requests. */
export interface FrameSetup {
  /** The guest's bundle. */
  readonly guest: string;
}

/** Nothing may be fetched; scripts are the frame's own, and blobs: the guest and the user's module. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:";

/**
 * The frame's own script, as text: a page with a policy allows it by the hash of these very characters, which a bundler
 * would change. It takes the first message's port, and starts and ends guests as {@link FrameRequest} asks. Guests are no
 * module workers: Chromium starts none from a blob of an origin without a name.
 */
export const FRAME_SCRIPT = `
addEventListener('message', ({ data, ports: [control] }) => {
  if (control === undefined) return;
  const blob = URL.createObjectURL(new Blob([data.guest], { type: 'text/javascript' }));
  const policy = globalThis.trustedTypes?.createPolicy('mailgym', { createScriptURL: (url) => url });
  const url = policy?.createScriptURL(blob) ?? blob;
  const workers = new Map();
  const answer = (message, transfer = []) => control.postMessage(message, transfer);
  control.onmessage = ({ data: { kind, id } }) => {
    if (kind === 'terminate') {
      workers.get(id)?.terminate();
      workers.delete(id);
      return;
    }
    const worker = new Worker(url);
    workers.set(id, worker);
    worker.onerror = (event) => {
      event.preventDefault();
      answer({ kind: 'gone', id, reason: event.message || 'it could not be started' });
    };
    const channel = new MessageChannel();
    worker.postMessage(null, [channel.port1]);
    answer({ kind: 'started', id }, [channel.port2]);
  };
}, { once: true });
`;

/** For `srcdoc` of a frame with `sandbox="allow-scripts"`. */
export function frameDocument(): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>${FRAME_SCRIPT}</script>`;
}
