import { computed, effect } from '@preact/signals';
import { expect, it } from 'vitest';
import { Store } from './store';

interface Two {
  readonly n: number;
  readonly m: number;
}
const add = (state: Two, by: number): Two => (by === 0 ? state : { ...state, n: state.n + by });
const over = (state: Two, changes: Partial<Two>): Two => ({ ...state, ...changes });

it('tells of each part to those who read it, and to no others', () => {
  const store = new Store({ n: 0, m: 0 }, add);
  const ns: number[] = [];
  const ms: number[] = [];
  effect(() => void ns.push(store.live.n));
  effect(() => void ms.push(store.live.m));
  store.dispatch(1);
  store.dispatch(2);
  store.dispatch(0);
  expect(store.state).toEqual({ n: 3, m: 0 });
  expect(ns).toEqual([0, 1, 3]);
  expect(ms).toEqual([0]);
});

it('changes all parts of an action together', () => {
  const store = new Store({ n: 0, m: 0 }, over);
  const sums: number[] = [];
  effect(() => void sums.push(store.live.n + store.live.m));
  store.dispatch({ n: 1, m: 2 });
  expect(sums).toEqual([0, 3]);
});

it('follows a pure function of the state as far as it looks', () => {
  const store = new Store({ n: 0, m: 0 }, over);
  const isLarge = (state: Two): boolean => state.n > 1 && state.m > 1;
  const large = computed(() => isLarge(store.live));
  const seen: boolean[] = [];
  effect(() => void seen.push(large.value));
  store.dispatch({ m: 5 });
  store.dispatch({ n: 2 });
  store.dispatch({ n: 3 });
  expect(seen).toEqual([false, true]);
});

it('an action in answer to a change is heard as well', () => {
  const store = new Store({ n: 0, m: 0 }, add);
  const ns: number[] = [];
  effect(() => {
    const { n } = store.live;
    ns.push(n);
    if (n === 1) store.dispatch(1);
  });
  store.dispatch(1);
  expect(ns).toEqual([0, 1, 2]);
});

it('what is read of the state at a moment is not followed', () => {
  const store = new Store({ n: 0, m: 0 }, add);
  let count = 0;
  effect(() => {
    count += 1 + 0 * store.state.n;
  });
  store.dispatch(1);
  expect(count).toBe(1);
});
