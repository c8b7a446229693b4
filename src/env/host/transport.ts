/** How a guest is started, spoken to and ended; one implementation for Node, one for the browser. */
import type { AnyRequest, GuestMessage } from './protocol';

export interface GuestLink {
  post(request: AnyRequest): void;
  /** Ends the guest at once, whatever it does. */
  terminate(): void;
}

export interface GuestListener {
  onMessage(message: GuestMessage): void;
  /** The guest has ended by itself. */
  onGone(reason: string): void;
}

export interface HostTransport {
  /** Whether modules of Node may be imported. */
  readonly nodeModules: boolean;
  start(listener: GuestListener): Promise<GuestLink>;
}
