/**
 * The page's end of its service worker (workers/offline.ts), which the built page alone has: what is fetched is kept from
 * the first visit on, and the page's own files once the model has come.
 */
import { computed, effect } from '@preact/signals';
import type { Page } from './page';
import type { State } from './state';
import { SERVICE_WORKER, trustedScript } from './trusted';

const KEEP_PAGE = 'keep-page';
/** Milliseconds that the first visit waits for its service worker; without one it goes on all the same. */
const PATIENCE = 3000;
/** Milliseconds after which the page's files are kept though nothing was trained. */
const IDLE_TIME = 15_000;

/** Null in development, and where the browser has none or refuses it, which it does by an error on the first touch. */
function offered(): ServiceWorkerContainer | null {
  try {
    return import.meta.env.PROD ? (navigator.serviceWorker ?? null) : null;
  } catch {
    return null;
  }
}

/** Settles when what is fetched from now on is kept, or cannot be. Never rejects. */
export async function keptFromNowOn(): Promise<void> {
  const serviceWorker = offered();
  if (serviceWorker === null) return;
  const controlled = new Promise<void>((resolve) => {
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
  try {
    const registration = await serviceWorker.register(trustedScript(SERVICE_WORKER));
    // One that is active and yet not in control was passed over by a forced reload.
    if (serviceWorker.controller !== null || registration.active !== null) return;
    await Promise.race([controlled, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  } catch {
    // Refused, as in private windows and frames of other sites: the page works with a network.
  }
}

/** Has the page's own files kept, once they are in nobody's way. */
export function keepPage({ live, dispatch }: Page): void {
  const serviceWorker = offered();
  if (serviceWorker === null) return;
  const isTime = computed(() => modelHasCome(live));
  const ask = (): void => {
    clearTimeout(timer);
    stop();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => dispatch({ kind: 'kept-offline' });
    void serviceWorker.ready.then(({ active }) => active?.postMessage(KEEP_PAGE, [port2]));
  };
  const timer = setTimeout(ask, IDLE_TIME);
  const stop = effect(() => {
    if (isTime.value) queueMicrotask(ask);
  });
}

function modelHasCome({ run }: Pick<State, 'run'>): boolean {
  return run.status === 'ended' || (run.progress !== null && run.progress.phase !== 'loading');
}
