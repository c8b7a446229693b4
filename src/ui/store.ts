/** One state, changed by actions through a pure function. Each part of it is a signal: who reads one hears of its changes. */
import { batch, signal, type Signal } from '@preact/signals';

export type Reducer<S, A> = (state: S, action: A) => S;

type Signals<S> = { readonly [K in keyof S]: Signal<S[K]> };

export class Store<S extends object, A> {
  /**
   * The state as it is. A component, an effect or a computed value that reads a part of it follows that part, and no
   * other: pure functions of the state may be given this, and are then followed as far as they look.
   */
  readonly live: Readonly<S>;
  readonly #signals: Signals<S>;
  readonly #reduce: Reducer<S, A>;
  #state: S;

  constructor(initial: S, reduce: Reducer<S, A>) {
    this.#state = initial;
    this.#reduce = reduce;
    const names = Object.keys(initial) as (keyof S)[];
    const signals = Object.fromEntries(names.map((name) => [name, signal(initial[name])])) as Signals<S>;
    this.#signals = signals;
    const parts = names.map((name) => [name, { enumerable: true, get: () => signals[name].value }] as const);
    this.live = Object.defineProperties({}, Object.fromEntries(parts)) as Readonly<S>;
  }

  /** The state at this moment; reading it follows nothing. */
  get state(): S {
    return this.#state;
  }

  /** Changes the state at once. Bound to the store, so that it can be handed on. */
  readonly dispatch = (action: A): void => {
    const next = this.#reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    batch(() => {
      // A signal that is given what it has tells nobody.
      for (const name of Object.keys(next) as (keyof S)[]) this.#signals[name].value = next[name];
    });
  };
}
