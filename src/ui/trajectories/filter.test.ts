import { describe, expect, it } from 'vitest';
import { trajectoryOf } from '../../../tests/support/records';
import { isFiltering, levelsOf, matches, NO_FILTER, type TrajectoryFilter } from './filter';

const item = trajectoryOf({ level: 2, advantage: -0.5, correct: false });
const passes = (filter: Partial<TrajectoryFilter>, one = item) => matches(one, { ...NO_FILTER, ...filter });
const call = (isError: boolean) => ({
  text: '',
  calls: [],
  results: [{ callId: 'a', name: 'search', content: '', isError, truncated: false }],
});

describe('the filter of trajectories', () => {
  it('without a wish lets all pass', () => {
    expect(passes({})).toBe(true);
    expect(isFiltering(NO_FILTER)).toBe(false);
    expect(isFiltering({ ...NO_FILTER, words: '  ' })).toBe(false);
    expect(isFiltering({ ...NO_FILTER, level: 1 })).toBe(true);
  });

  it('by verdict, group, advantage and level', () => {
    expect([passes({ verdict: 'right' }), passes({ verdict: 'wrong' })]).toEqual([false, true]);
    expect([passes({ group: 'kept' }), passes({ group: 'dropped' })]).toEqual([true, false]);
    expect([passes({ push: 'up' }), passes({ push: 'down' })]).toEqual([false, true]);
    expect([passes({ level: 2 }), passes({ level: 1 })]).toEqual([true, false]);
    // What is dropped is pushed nowhere, whatever its advantage would have been.
    expect(passes({ push: 'down' }, { ...item, kept: false })).toBe(false);
    expect(levelsOf([item, trajectoryOf({ level: 1 }), trajectoryOf(), item])).toEqual([1, 2]);
  });

  it('by faults in tool calls', () => {
    expect(passes({ toolErrors: true })).toBe(false);
    expect(passes({ toolErrors: true }, { ...item, turns: [call(false)] })).toBe(false);
    expect(passes({ toolErrors: true }, { ...item, turns: [call(false), call(true)] })).toBe(true);
    expect(passes({ toolErrors: true }, { ...item, endReason: 'unparsable' })).toBe(true);
  });

  it('by words, all of them, in question, answer or conversation, whatever their case', () => {
    expect(passes({ words: 'who INES' })).toBe(true);
    expect(passes({ words: 'ef gh' })).toBe(true);
    expect(passes({ words: 'who nobody' })).toBe(false);
  });
});
