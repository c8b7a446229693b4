import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/grpo/types';
import { ConsoleReport } from './console';

let lines: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const rollouts = (done: number): RunEvent => ({
  ...{ kind: 'progress', phase: 'rollout', done, total: 32, note: 'step 3/60' },
});

test('on a pipe, progress is a line every ten seconds in which nothing else was said', () => {
  const report = new ConsoleReport(false, true);
  report.follow(rollouts(1));
  report.follow(rollouts(2));
  vi.advanceTimersByTime(9_000);
  expect(lines).toEqual([]);
  report.follow(rollouts(7));
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual(['rollouts 7/32 step 3/60']);
  // What nobody hears of goes on being told.
  vi.advanceTimersByTime(10_000);
  expect(lines.length).toBe(2);
  report.follow({ kind: 'log', line: 'a line' });
  vi.advanceTimersByTime(10_000);
  expect(lines.slice(2)).toEqual(['a line']);
  report.follow({ kind: 'end', reason: 'max-steps', step: 60 });
  vi.advanceTimersByTime(60_000);
  expect(lines.length).toBe(3);
});

test('on a terminal there is no such line', () => {
  const report = new ConsoleReport(false, false);
  report.follow(rollouts(1));
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
});
