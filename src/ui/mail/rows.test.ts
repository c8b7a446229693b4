import { describe, expect, it } from 'vitest';
import type { QuestionRow } from '../../env/mail/own/types';
import { piecesOf } from './marked';
import { PAGE_ROWS, shownRows } from './rows';

const row = (n: number, more: Partial<QuestionRow> = {}): QuestionRow => ({
  ...{ id: `q${n}`, question: `What costs ${n}?`, answer: `$${n}`, kind: 'amount', level: 1, split: 'train' },
  ...{ origin: 'made', isAccepted: false, isEdited: false, emailIds: ['m1'], paraphrases: [] },
  ...more,
});
const ROWS = Array.from({ length: 60 }, (_, i) =>
  row(i, i === 7 ? { isAccepted: true, split: 'test', kind: 'date' } : {}),
);

describe('shownRows', () => {
  it('shows a page at a time, and never one that is not there', () => {
    const last = shownRows(ROWS, 'all', '', 9);
    expect(last).toMatchObject({ matching: 60, page: 2, pages: 3 });
    expect(last.rows.map(({ id }) => id)).toEqual(ROWS.slice(2 * PAGE_ROWS).map(({ id }) => id));
    expect(shownRows([], 'all', '', 3)).toEqual({ rows: [], matching: 0, page: 0, pages: 1 });
  });

  it('shows those of a split, those judged, and those with all words', () => {
    const ids = (...args: Parameters<typeof shownRows>) => shownRows(...args).rows.map(({ id }) => id);
    expect(ids(ROWS, 'test', '', 0)).toEqual(['q7']);
    expect(ids(ROWS, 'accepted', '', 0)).toEqual(['q7']);
    expect(shownRows(ROWS, 'open', '', 0).matching).toBe(59);
    expect(ids(ROWS, 'all', 'COSTS  $12', 0)).toEqual(['q12']);
    expect(ids(ROWS, 'all', 'date', 0)).toEqual(['q7']);
    expect(ids(ROWS, 'train', 'date', 0)).toEqual([]);
  });
});

describe('piecesOf', () => {
  const said = (...args: Parameters<typeof piecesOf>) =>
    piecesOf(...args)
      .map(({ text, isMarked }) => (isMarked ? `[${text}]` : text))
      .join('');

  it('marks what is marked, overlaps once, and loses no letter', () => {
    expect(said('It costs $95 now.', [{ start: 9, end: 12 }])).toBe('It costs [$95] now.');
    const overlapping = [
      { start: 3, end: 8 },
      { start: 0, end: 5 },
    ];
    expect(said('It costs', overlapping)).toBe('[It co][sts]');
    expect(said('abc', [{ start: 1, end: 99 }])).toBe('a[bc]');
    expect(said('abc', [])).toBe('abc');
    expect(said('', [])).toBe('');
  });
});
