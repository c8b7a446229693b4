import { expect, it } from 'vitest';
import { Store } from './store';

const add = (state: { n: number; m: number }, by: number) =>
  by === 0 ? state : { ...state, n: state.n + by };

it('draws once for many actions, and only what has changed', () => {
  const queue: (() => void)[] = [];
  const store = new Store({ n: 0, m: 0 }, add, (draw) => queue.push(draw));
  const ns: number[] = [];
  const ms: number[] = [];
  store.watch(
    (s) => s.n,
    (n) => ns.push(n),
  );
  store.watch(
    (s) => s.m,
    (m) => ms.push(m),
  );
  store.dispatch(1);
  store.dispatch(2);
  expect(store.state.n).toBe(3);
  expect(queue).toHaveLength(1);
  queue.shift()?.();
  expect(ns).toEqual([0, 3]);
  expect(ms).toEqual([0]);
  store.dispatch(0);
  expect(queue).toHaveLength(0);
});

it('draws again for an action that comes while drawing', () => {
  const queue: (() => void)[] = [];
  const store = new Store({ n: 0, m: 0 }, add, (draw) => queue.push(draw));
  const ns: number[] = [];
  store.watch(
    (s) => s.n,
    (n) => {
      ns.push(n);
      if (n === 1) store.dispatch(1);
    },
  );
  store.dispatch(1);
  queue.shift()?.();
  queue.shift()?.();
  expect(ns).toEqual([0, 1, 2]);
});
