/** Events on their way to the page. */

/**
 * A callback of the page travels on a port of its own, so a call's result could overtake the last events.
 * @returns `send` for the events, and `delivered`, which resolves when the page has handled all of them
 */
export function eventChannel<Event>(onEvent: (event: Event) => unknown): {
  send: (event: Event) => void;
  delivered: () => Promise<void>;
} {
  let last: unknown;
  return {
    send: (event) => {
      // One port keeps its order: when the last one is handled, all are.
      last = onEvent(event);
      // A page that fails to show an event does not fail the run.
      if (last instanceof Promise) last.catch(() => undefined);
    },
    delivered: async () => {
      await Promise.resolve(last).catch(() => undefined);
    },
  };
}
