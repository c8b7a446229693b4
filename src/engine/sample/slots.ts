/**
 * Rows of the key/value cache. Prompt tokens, shared by all sequences, lie below; above them are pages, which a sequence
 * in flight takes as its tokens arrive. What lies in a page is never moved or copied.
 */
import { PAGE_SLOTS } from '../../kernels/decode/step';

/** Ranges [from, to) of slots, flat. */
export type Runs = number[];

/** Appends `count` consecutive slots, joining them to the last run where they touch. */
export function appendRun(runs: Runs, from: number, count: number): void {
  if (runs.length > 0 && runs[runs.length - 1] === from) runs[runs.length - 1] = from + count;
  else runs.push(from, from + count);
}

/** Pages that hold `tokens` tokens. */
export const pagesFor = (tokens: number): number => Math.ceil(tokens / PAGE_SLOTS);

/** Numbers 0 … count − 1 to be taken, lowest first, so that equal calls use equal slots. */
export class FreeList {
  readonly #free: number[];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  get free(): number {
    return this.#free.length;
  }

  take(): number {
    const taken = this.#free.pop();
    if (taken === undefined) throw new Error('All are taken; who asks must look at `free` first.');
    return taken;
  }

  give(...given: readonly number[]): void {
    this.#free.push(...given);
    this.#free.sort((a, b) => b - a);
  }
}

/** Slot of a sequence's `offset`-th own token; pages lie one after the other above `first` slots of prompts. */
export function ownSlot(first: number, pages: readonly number[], offset: number): number {
  return first + (pages[Math.floor(offset / PAGE_SLOTS)] as number) * PAGE_SLOTS + (offset % PAGE_SLOTS);
}
