/**
 * Rows of the key/value cache. A sequence owns pages of consecutive slots that are never moved or copied; shared
 * prompt tokens lie below all pages. What a token sees is a list of runs of slots.
 */
export const PAGE_SLOTS = 32;

/** Ranges [from, to) of slots, flat. */
export type Runs = number[];

/** Appends `count` consecutive slots, joining them to the last run where they touch. */
export function appendRun(runs: Runs, from: number, count: number): void {
  if (runs.length > 0 && runs[runs.length - 1] === from) runs[runs.length - 1] = from + count;
  else runs.push(from, from + count);
}

export class SlotPages {
  readonly #free: number[];
  readonly slots: number;

  /** @param first slots below are not paged. */
  constructor(first: number, pages: number) {
    this.slots = first + pages * PAGE_SLOTS;
    this.#free = Array.from({ length: pages }, (_, i) => first + (pages - 1 - i) * PAGE_SLOTS);
  }

  get freePages(): number {
    return this.#free.length;
  }

  /** First slot of a page. */
  take(): number {
    const page = this.#free.pop();
    if (page === undefined)
      throw new Error('The key/value cache has no free page; admission must prevent this.');
    return page;
  }

  /** Lowest page first again, so that equal runs use equal slots. */
  give(pages: readonly number[]): void {
    this.#free.push(...pages);
    this.#free.sort((a, b) => b - a);
  }
}
