/**
 * Who computes and who waits: places in the batch and pages of the key/value cache, handed to sequences in the order of the
 * requests. Where no page is free, the last of all sequences gives its own back; so the first can always go on.
 */
import { PAGE_SLOTS } from '../../kernels/decode/step';
import type { SampleOptions } from '../types';
import { firstOwn, type Sequence } from './sequence';
import { FreeList, pagesFor } from './slots';

/** How the key/value cache is cut. `pages` is at least `most`: any sequence can end alone. */
export interface CacheLayout {
  /** Most sequences at once. */
  readonly places: number;
  /** Slots of prompts, below the pages. */
  readonly first: number;
  readonly pages: number;
  /** Most pages of a sequence. */
  readonly most: number;
}

export class Placement {
  readonly layout: CacheLayout;
  /** Sequences without a place, in the order of the requests. */
  readonly #waiting: Sequence[];
  readonly #places: FreeList;
  readonly #pages: FreeList;
  readonly #maxSeqLength: number;

  constructor(
    layout: CacheLayout,
    waiting: readonly Sequence[],
    { maxSeqLength }: Pick<SampleOptions, 'maxSeqLength'>,
  ) {
    this.layout = layout;
    this.#waiting = [...waiting];
    this.#places = new FreeList(layout.places);
    this.#pages = new FreeList(layout.pages);
    this.#maxSeqLength = maxSeqLength;
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the next that waits may begin beside `live` sequences that go on and `parked` ones that keep their pages. */
  canAdmit(live: number, parked: number): boolean {
    const [next] = this.#waiting;
    if (next === undefined || this.#places.free === 0) return false;
    // With nobody beside it all pages are free. Otherwise those that go on get a page each before it may come.
    return live + parked === 0 || this.#pages.free >= this.#pagesOf(next, 1) + live;
  }

  /** Gives waiting sequences places while {@link canAdmit}. Answers all that are live, in the order of the requests. */
  admit(live: readonly Sequence[], parked: number): Sequence[] {
    const all = [...live];
    while (this.canAdmit(all.length, parked)) {
      const next = this.#waiting.shift() as Sequence;
      next.place = this.#places.take();
      all.push(next);
    }
    return all.sort((a, b) => a.index - b.index);
  }

  /** Whether there are pages for `steps` steps of all of `live`. */
  hasRoom(live: readonly Sequence[], steps: number): boolean {
    const missing = (sequence: Sequence) =>
      Math.max(0, this.#pagesOf(sequence, steps) - sequence.pages.length);
    return live.reduce((sum, sequence) => sum + missing(sequence), 0) <= this.#pages.free;
  }

  /**
   * Pages for `steps` steps of `live`, which is in the order of the requests; `parked` ones may have to give up theirs.
   * Answers those that go on.
   */
  provide(live: readonly Sequence[], parked: readonly Sequence[], steps: number): Sequence[] {
    const going = [...live];
    for (let i = 0; i < going.length; i++) {
      const sequence = going[i] as Sequence;
      const wanted = this.#pagesOf(sequence, steps);
      while (sequence.place >= 0 && sequence.pages.length < wanted) {
        if (this.#pages.free > 0) {
          sequence.pages.push(this.#pages.take());
          continue;
        }
        const last = [...going, ...parked].reduce(
          (a, b) => (b.pages.length > 0 && b.index > a.index ? b : a),
          sequence,
        );
        this.release(last);
        last.computed = firstOwn(last);
        const at = going.indexOf(last);
        // A parked one waits when its answer is there.
        if (at < 0) continue;
        going.splice(at, 1);
        this.wait(last);
      }
      if (sequence.place < 0) i--;
    }
    return going;
  }

  /** Takes back place and pages, where it has any. */
  release(sequence: Sequence): void {
    if (sequence.place >= 0) this.#places.give(sequence.place);
    this.#pages.give(...sequence.pages.splice(0));
    sequence.place = -1;
  }

  /** Puts a sequence without a place among those that wait. */
  wait(sequence: Sequence): void {
    const at = this.#waiting.findIndex(({ index }) => index > sequence.index);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, sequence);
  }

  /** `pages` of `kernels/decode/step.ts` for these sequences. */
  table(live: readonly Sequence[]): Uint32Array {
    const { first, most, places } = this.layout;
    const table = new Uint32Array(places * most);
    for (const { pages, place } of live) {
      pages.forEach((page, i) => (table[place * most + i] = first + page * PAGE_SLOTS));
    }
    return table;
  }

  /** Pages for the tokens that a sequence has and those that it draws and feeds in `steps` steps; the last is never fed. */
  #pagesOf(sequence: Sequence, steps: number): number {
    const fed = Math.min(sequence.ids.length + steps - 1, this.#maxSeqLength - 1);
    return pagesFor(fed - firstOwn(sequence));
  }
}
