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

/** Nothing may be fetched; scripts are this one, the guest (a blob) and the user's module (a data address). */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' blob: data:; worker-src blob:";

/** A function of the frame's own world: what it needs is in it. */
function frameMain(): void {
  const onSetup = ({ data, ports: [control] }: MessageEvent<FrameSetup>): void => {
    if (control === undefined) return;
    const url = URL.createObjectURL(new Blob([data.guest], { type: 'text/javascript' }));
    const workers = new Map<number, Worker>();
    const answer = (message: FrameAnswer, transfer: Transferable[] = []): void =>
      control.postMessage(message, transfer);
    control.onmessage = ({ data: request }: MessageEvent<FrameRequest>): void => {
      const { kind, id } = request;
      if (kind === 'terminate') {
        workers.get(id)?.terminate();
        workers.delete(id);
        return;
      }
      // Not as a module: Chromium starts none from a blob of an origin without a name.
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
  };
  addEventListener('message', onSetup, { once: true });
}

/** For `srcdoc` of a frame with `sandbox="allow-scripts"`. */
export function frameDocument(): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>(${frameMain.toString()})()</script>`;
}
