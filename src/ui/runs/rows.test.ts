import { describe, expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import type { RunRecord } from '../state';
import { BLANK_LABEL } from './label';
import { endOf, groupings, groupsOf, latestAccuracy } from './rows';
import { PLAIN_RUNS_VIEW, sortedBy, type RunsView } from './view';

const view = (change: Partial<RunsView> = {}): RunsView => ({ ...PLAIN_RUNS_VIEW, ...change });
const run = (name: string, changes: Partial<RunRecord> = {}, started: number | null = null): RunRecord =>
  recordOf(`outputs/${name}`, { label: { ...BLANK_LABEL, name, started }, ...changes });
const names = (records: readonly RunRecord[], shown: RunsView): string[][] =>
  groupsOf(records, shown, null).map(({ rows }) => rows.map(({ name }) => name));

describe('the table of runs', () => {
  const right = (correctAnswers: number) => ({
    evaluations: [evaluationOf(5, { accuracy: correctAnswers / 10, correctAnswers })],
  });
  const records = [
    run('b', right(3), 200),
    run('a', right(9), 100),
    run('run 10', right(5)),
    run('run 2', {}, 300),
  ];

  it('is sorted by what is known, either way, and what is not known is last', () => {
    expect(names(records, view())).toEqual([['run 2', 'b', 'a', 'run 10']]);
    expect(names(records, view({ sort: { by: 'date', down: false } }))).toEqual([
      ['a', 'b', 'run 2', 'run 10'],
    ]);
    expect(names(records, view({ sort: { by: 'accuracy', down: true } }))).toEqual([
      ['a', 'run 10', 'b', 'run 2'],
    ]);
    // Numbers in names count as numbers.
    expect(names(records, view({ sort: { by: 'name', down: false } }))).toEqual([
      ['a', 'b', 'run 2', 'run 10'],
    ]);
  });

  it('turns round by a second press, and begins with the largest number', () => {
    expect(sortedBy(view(), 'accuracy')).toEqual({ by: 'accuracy', down: true });
    expect(sortedBy(view(), 'name')).toEqual({ by: 'name', down: false });
    expect(sortedBy(view(), 'date')).toEqual({ by: 'date', down: false });
  });

  it('is filtered by all words, wherever each is', () => {
    const noted = run('c', { label: { ...BLANK_LABEL, name: 'c', note: 'Class 7b', tags: ['homework'] } });
    const all = [...records, noted];
    expect(names(all, view({ filter: 'CLASS homework' }))).toEqual([['c']]);
    expect(names(all, view({ filter: 'class run' }))).toEqual([[]]);
    expect(names(all, view({ filter: 'interrupted' }))[0]).toHaveLength(5);
  });

  it('is grouped by the mode or a setting in which runs differ', () => {
    const seeds = [1, 2, 1].map((seed, i) => run(`s${i}`, { settings: settingsOf({ seed }) }));
    expect(groupings(seeds).map(([key]) => key)).toEqual(['mode', 'seed']);
    const groups = groupsOf(seeds, view({ group: 'seed', sort: { by: 'name', down: false } }), null);
    expect(groups.map(({ title, rows }) => [title, rows.map(({ name }) => name)])).toEqual([
      ['Seed: 1', ['s0', 's2']],
      ['Seed: 2', ['s1']],
    ]);
  });
});

describe('how a run ended', () => {
  const at = (step: number) => ({ steps: [metricsOf(step, { maxSteps: 4 })] });
  const ended = (reason: 'stopped' | 'failed' | 'patience') => ({
    label: { ...BLANK_LABEL, ended: { reason, at: 1 } },
  });

  it('is interrupted where it is not at its end and nobody ended it', () => {
    expect(endOf(run('a', at(3)), false)).toBe('interrupted');
    expect(endOf(run('a', at(3)), true)).toBe('running');
    expect(endOf(run('a', at(4)), false)).toBe('finished');
    expect(endOf(run('a', { ...at(3), ...ended('stopped'), finished: true }), false)).toBe('stopped');
    expect(endOf(run('a', { ...at(3), ...ended('failed') }), false)).toBe('failed');
    expect(endOf(run('a', { ...at(3), ...ended('patience') }), false)).toBe('finished');
  });
});

it('accuracy is that of the last evaluation of training, with its interval', () => {
  const evaluations = [
    evaluationOf(0, { accuracy: 1 }),
    evaluationOf(4, { accuracy: 0.5, questions: 24 }),
    evaluationOf(5, { split: 'test', accuracy: 0.9 }),
  ];
  const found = latestAccuracy(run('a', { evaluations }));
  expect(found?.share).toBe(0.5);
  // Wilson, by hand: centre 0.5, half 1.96 / (1 + 3.84 / 24) * sqrt(0.25 / 24 + 3.84 / 2304) = 0.186.
  expect(found?.interval.low).toBeCloseTo(0.314, 3);
  expect(found?.interval.high).toBeCloseTo(0.686, 3);
  expect(latestAccuracy(run('a', { evaluations: evaluations.slice(0, 1) }))).toBeNull();
});
