/**
 * Starts the worker. From a blob that imports it, since a worker inherits the policy of its page only so: one that is
 * started from a file has that file's headers alone, and hosts of static files send none. A classic script, because
 * Chromium starts no module from a blob in a frame without an origin.
 */
import address from '../../workers/trainer.worker.ts?worker&url';
import { scriptOf } from './trusted';

const READY = 'mailgym-worker-ready';

export interface StartedWorker {
  readonly worker: Worker;
  /** Resolves when it listens; what is said to it before is lost. A failure is an `error` event of the worker. */
  readonly started: Promise<void>;
}

export function startWorker(): StartedWorker {
  const { href } = new URL(address, import.meta.url);
  const code = `import(${JSON.stringify(href)}).then(
    () => postMessage(${JSON.stringify(READY)}),
    (error) => setTimeout(() => { throw error; }),
  );`;
  const worker = new Worker(scriptOf(code), { name: 'mailgym-trainer' });
  const started = new Promise<void>((resolve) => {
    const hear = ({ data }: MessageEvent): void => {
      if (data !== READY) return;
      worker.removeEventListener('message', hear);
      resolve();
    };
    worker.addEventListener('message', hear);
  });
  return { worker, started };
}
