/** The page's part in running a user's file: the sandboxed frame, which needs a document. */
import { frameDocument, type FrameSetup } from './frame';

export interface EnvironmentFrame {
  /** For `loadEnvironmentText`; may be transferred to a worker. */
  readonly port: MessagePort;
  /** Ends the frame and all its guests. */
  remove(): void;
}

/**
 * To be called in the page. A page with a Content-Security-Policy must allow the frame, which inherits that policy, its
 * script by the hash of `FRAME_SCRIPT`, and `blob:` as script and worker.
 * @param guest text of the guest's bundle
 * @param trust makes the frame's document TrustedHTML, where the page demands that
 */
export async function createEnvironmentFrame(
  guest: string,
  trust: (html: string) => string = (html) => html,
): Promise<EnvironmentFrame> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = trust(frameDocument());
  frame.hidden = true;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const { port1, port2 } = new MessageChannel();
  const setup: FrameSetup = { guest };
  // The frame's origin is opaque: it has no other name than any.
  frame.contentWindow?.postMessage(setup, '*', [port1]);
  return { port: port2, remove: () => frame.remove() };
}
