/** Trajectories of a run as the page keeps them, in the run's folder: they show in the page when the folder is given to it. */
import { batchText, followedLine, KEPT_FOLLOWED, keptPath } from '../../src/report/kept-trajectories';
import type { RunEvent, Watching } from '../../src/grpo/types';
import type { RunStore } from '../../src/run/stores/run-store';

/** What such a run looks at beside its training: as much as the page does. */
export const watchingFor = (rollouts: number): Watching => ({
  moves: rollouts,
  logits: 6,
  follow: { taskId: null, every: 4 },
});

export class TrajectoryKeeper {
  readonly #store: RunStore;
  readonly #rollouts: number;
  #written: Promise<void> = Promise.resolve();

  /** @param rollouts of each step, the first so many */
  constructor(store: RunStore, rollouts: number) {
    this.#store = store;
    this.#rollouts = rollouts;
  }

  follow(event: RunEvent): void {
    if (event.kind === 'trajectories') {
      const { step, items } = event;
      const text = batchText({ step, items: items.slice(0, this.#rollouts) });
      this.#next(() => this.#store.write(keptPath(step), new TextEncoder().encode(text)));
    } else if (event.kind === 'followed') {
      this.#next(() => this.#store.append(KEPT_FOLLOWED, followedLine(event)));
    }
  }

  /** Resolves when all is on disk; rejects with the first failure. */
  finish(): Promise<void> {
    return this.#written;
  }

  #next(write: () => Promise<void>): void {
    this.#written = this.#written.then(write);
    this.#written.catch(() => undefined);
  }
}
