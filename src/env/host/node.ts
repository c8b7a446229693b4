/** Runs a user's file in a worker thread of Node. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EnvironmentError } from '../errors';
import { messageOf } from '../faults';
import { hostEnvironment, openHost, type HostedEnvironment } from './host-environment';
import type { GuestMessage } from './protocol';
import type { GuestLink, GuestListener, HostTransport } from './transport';

/** Beside this module in a package; a checkout bundles it when it is needed. */
const PACKED = new URL('./environment-guest.js', import.meta.url);

let guest: Promise<string> | null = null;

/** @throws EnvironmentError when there is no such file, or it defines no environment */
export async function loadEnvironmentFile(
  path: string,
  options: { readonly loadSeconds?: number } = {},
): Promise<HostedEnvironment> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw EnvironmentError.of('environment/file-not-read', { path, reason: messageOf(error) });
  });
  const host = await openHost({ transport: threadTransport(), name: basename(path), text, ...options });
  return hostEnvironment(host);
}

export function threadTransport(): HostTransport {
  return { nodeModules: true, start: startThread };
}

async function startThread(listener: GuestListener): Promise<GuestLink> {
  guest ??= guestText();
  const url = new URL(`data:text/javascript,${encodeURIComponent(await guest)}`);
  // The file has no business with this process's arguments and environment, which may hold credentials.
  const worker = new Worker(url, { env: {}, argv: [], execArgv: [] });
  worker.on('message', (message: GuestMessage) => listener.onMessage(message));
  worker.on('error', (error) => listener.onGone(messageOf(error)));
  worker.on('exit', (code) => listener.onGone(`its thread ended with code ${code}`));
  // A process that has nothing else to do may end.
  worker.unref();
  return {
    post: (request) => worker.postMessage(request),
    terminate: () => void worker.terminate(),
  };
}

async function guestText(): Promise<string> {
  try {
    return await readFile(PACKED, 'utf8');
  } catch {
    const { bundleGuest } = await import('./guest-bundle');
    return bundleGuest();
  }
}
