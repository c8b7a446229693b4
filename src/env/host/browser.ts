/**
 * Runs a user's file in a sandboxed frame of the page. The page makes the frame (page.ts); whoever plays the episodes,
 * such as the training worker, gets the frame's port and speaks to the guests directly.
 */
import type { FrameAnswer, FrameRequest } from './frame';
import { hostEnvironment, openHost, type HostedEnvironment } from './host-environment';
import type { GuestMessage } from './protocol';
import type { GuestLink, GuestListener, HostTransport } from './transport';

/**
 * To be called where episodes are played; a port, of `createEnvironmentFrame`, serves one file at a time.
 * @param name of the file, for messages
 * @throws EnvironmentError when the file cannot be loaded or defines no environment
 */
export async function loadEnvironmentText(
  name: string,
  text: string,
  port: MessagePort,
  options: { readonly loadSeconds?: number } = {},
): Promise<HostedEnvironment> {
  return hostEnvironment(await openHost({ transport: frameTransport(port), name, text, ...options }));
}

interface Started {
  readonly listener: GuestListener;
  readonly resolve: (guest: MessagePort) => void;
}

export function frameTransport(control: MessagePort): HostTransport {
  const guests = new Map<number, Started>();
  let nextId = 0;
  const post = (request: FrameRequest): void => control.postMessage(request);
  control.onmessage = ({ data: answer, ports: [guest] }: MessageEvent<FrameAnswer>): void => {
    const started = guests.get(answer.id);
    if (answer.kind === 'gone') started?.listener.onGone(answer.reason);
    else if (guest !== undefined) started?.resolve(guest);
  };
  return {
    nodeModules: false,
    start: async (listener) => {
      const id = nextId++;
      const guest = await new Promise<MessagePort>((resolve) => {
        guests.set(id, { listener, resolve });
        post({ kind: 'start', id });
      });
      return guestLink(guest, listener, () => {
        guests.delete(id);
        post({ kind: 'terminate', id });
      });
    },
  };
}

function guestLink(guest: MessagePort, listener: GuestListener, terminate: () => void): GuestLink {
  guest.onmessage = ({ data }: MessageEvent<GuestMessage>) => listener.onMessage(data);
  return {
    post: (request) => guest.postMessage(request),
    terminate: () => {
      guest.close();
      terminate();
    },
  };
}
