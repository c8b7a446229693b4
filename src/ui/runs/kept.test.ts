import { describe, expect, it } from 'vitest';
import { logText, parseLog } from './kept';
import { BLANK_LABEL, MOST, parseLabel, tagsOf } from './label';

describe('what the page keeps of a run', () => {
  it('the log comes back, numbered anew', () => {
    const log = [
      { id: 5, kind: 'log', text: 'a\nb' },
      { id: 6, kind: 'warning', text: 'c' },
    ] as const;
    expect(parseLog(`${logText(log)}{"broken`)).toEqual([
      { id: 0, kind: 'log', text: 'a\nb' },
      { id: 1, kind: 'warning', text: 'c' },
    ]);
  });
});

describe('what is written on a run', () => {
  it('comes back', () => {
    const label = {
      ...BLANK_LABEL,
      name: 'Mine',
      note: 'a, b',
      tags: ['x', 'y'],
      started: 5,
      ended: { reason: 'stopped', at: 9 },
    } as const;
    expect(parseLabel(JSON.stringify(label))).toEqual(label);
  });

  it('of somebody else’s file only what is of its kind is taken, and not more than fits', () => {
    const odd = {
      format: 1,
      name: 'n'.repeat(999),
      note: 4,
      tags: [1, 'a', 'a', ' '],
      ended: { reason: 'x', at: 1 },
    };
    expect(parseLabel(JSON.stringify(odd))).toEqual({
      ...BLANK_LABEL,
      name: 'n'.repeat(MOST.name),
      tags: ['a'],
    });
    expect(parseLabel('{"format":2}')).toBeNull();
    expect(parseLabel('no')).toBeNull();
  });

  it('tags are typed with commas', () => {
    expect(tagsOf(' a,b ,, a , c d')).toEqual(['a', 'b', 'c d']);
    expect(tagsOf('甲，乙, 丙')).toEqual(['甲', '乙', '丙']);
  });
});
