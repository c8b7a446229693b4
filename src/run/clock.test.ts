import { expect, test, vi } from 'vitest';
import { steadyNow } from './clock';

test('a machine whose clock is set back has the same durations, and the time of day is right', () => {
  const wall = Date.now();
  const before = steadyNow();
  expect(Math.abs(before - wall)).toBeLessThan(60_000);
  const spy = vi.spyOn(Date, 'now').mockReturnValue(wall - 3_600_000);
  try {
    expect(steadyNow()).toBeGreaterThanOrEqual(before);
  } finally {
    spy.mockRestore();
  }
});
