import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readMinutes, stopAfter } from './minutes';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('minutes: numbers above 0, nothing else', () => {
  expect([undefined, '90', '0.5'].map(readMinutes)).toEqual([null, 90, 0.5]);
  for (const bad of ['0', '-1', 'ten', '', '40000', 'Infinity'])
    expect(() => readMinutes(bad)).toThrow(/maxMinutes is '.*'; write a number above 0/);
});

test('the limit counts from when the command began, and is told once', () => {
  const over = vi.fn();
  const started = performance.now();
  vi.advanceTimersByTime(50_000);
  const limit = stopAfter(1, started, over);
  vi.advanceTimersByTime(9_999);
  expect([over.mock.calls.length, limit.isOver()]).toEqual([0, false]);
  vi.advanceTimersByTime(600_000);
  expect([over.mock.calls.length, limit.isOver()]).toEqual([1, true]);
});

test('no limit, or one that was taken back, never ends anything', () => {
  const over = vi.fn();
  const none = stopAfter(null, 0, over);
  const back = stopAfter(1, performance.now(), over);
  back.cancel();
  vi.advanceTimersByTime(1e9);
  expect([over.mock.calls.length, none.isOver(), back.isOver()]).toEqual([0, false, false]);
});
