/**
 * Rows of the key/value cache. Prompt tokens, shared by all sequences, lie below; above them every sequence in flight
 * owns a range of consecutive slots that is never moved or copied.
 */

/** Ranges [from, to) of slots, flat. */
export type Runs = number[];

/** Appends `count` consecutive slots, joining them to the last run where they touch. */
export function appendRun(runs: Runs, from: number, count: number): void {
  if (runs.length > 0 && runs[runs.length - 1] === from) runs[runs.length - 1] = from + count;
  else runs.push(from, from + count);
}

export class SlotRanges {
  readonly count: number;
  readonly #first: number;
  readonly #each: number;
  readonly #free: number[];

  /** `count` ranges of `each` slots, above `first` slots that are not handed out. */
  constructor(first: number, each: number, count: number) {
    this.#first = first;
    this.#each = each;
    this.count = count;
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  get slots(): number {
    return this.#first + this.count * this.#each;
  }

  get free(): number {
    return this.#free.length;
  }

  /** Number of a free range. */
  take(): number {
    const range = this.#free.pop();
    if (range === undefined) throw new Error('All slots are taken; admission must prevent this.');
    return range;
  }

  /** Lowest range first again, so that equal calls use equal slots. */
  give(range: number): void {
    this.#free.push(range);
    this.#free.sort((a, b) => b - a);
  }

  /** Slot `offset` of a range. */
  slot(range: number, offset: number): number {
    return this.#first + range * this.#each + offset;
  }
}
