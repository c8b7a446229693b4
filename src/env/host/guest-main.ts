/** Entry of the guest's bundle, for a worker thread of Node and for a worker of the browser. */
import { z } from 'zod';
import { Guest } from './guest';
import type { AnyRequest } from './protocol';

// Code made of strings is forbidden in the page's frame, and zod would try.
z.config({ jitless: true });

if (typeof process === 'object') void serveThread();
else serveFrame();

async function serveThread(): Promise<void> {
  const { parentPort } = await import('node:worker_threads');
  const guest = new Guest((message) => parentPort?.postMessage(message));
  parentPort?.on('message', (request: AnyRequest) => void guest.receive(request));
}

/** The frame's first message is the port to whoever plays the episodes. */
function serveFrame(): void {
  const takePort = ({ ports: [port] }: MessageEvent): void => {
    if (port === undefined) return;
    const guest = new Guest((message) => port.postMessage(message));
    port.onmessage = ({ data }: MessageEvent<AnyRequest>) => void guest.receive(data);
  };
  addEventListener('message', takePort, { once: true });
}
