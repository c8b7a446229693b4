/** One state, changed by actions through a pure function; parts of the page watch the slices they draw. */

export type Reducer<S, A> = (state: S, action: A) => S;
/** Runs a drawing pass later; a browser passes `requestAnimationFrame`, a test something synchronous. */
export type Schedule = (draw: () => void) => void;

interface Watcher<S> {
  check(state: S): void;
}

export class Store<S, A> {
  #state: S;
  readonly #reduce: Reducer<S, A>;
  readonly #schedule: Schedule;
  readonly #watchers: Watcher<S>[] = [];
  #scheduled = false;

  constructor(initial: S, reduce: Reducer<S, A>, schedule: Schedule) {
    this.#state = initial;
    this.#reduce = reduce;
    this.#schedule = schedule;
  }

  get state(): S {
    return this.#state;
  }

  /** Changes the state at once; drawing follows in the next scheduled pass, once for any number of actions. */
  dispatch(action: A): void {
    const next = this.#reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      for (const watcher of this.#watchers) watcher.check(this.#state);
    });
  }

  /** Calls `draw` now and whenever the selected value is another one (`Object.is`) in a drawing pass. */
  watch<T>(select: (state: S) => T, draw: (value: T, state: S) => void): void {
    let last = select(this.#state);
    this.#watchers.push({
      check(state) {
        const value = select(state);
        if (Object.is(value, last)) return;
        last = value;
        draw(value, state);
      },
    });
    draw(last, this.#state);
  }
}
