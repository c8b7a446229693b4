/** Which questions the table shows. Pure. */
import type { QuestionRow } from '../../env/mail/own/types';

/** In the order in which they are offered. */
export const SPLITS = ['train', 'validation', 'test'] as const satisfies readonly QuestionRow['split'][];

export const SHOWS = ['all', 'open', 'accepted', ...SPLITS] as const;
/** `open`: nobody has looked at them yet. */
export type Show = (typeof SHOWS)[number];

/** Rows of a page of the table; thousands at once would take seconds to draw. */
export const PAGE_ROWS = 25;

export interface Shown {
  readonly rows: readonly QuestionRow[];
  readonly matching: number;
  /** From 0. */
  readonly page: number;
  readonly pages: number;
}

/** @param words all of them must stand in question, answer or kind */
export function shownRows(all: readonly QuestionRow[], show: Show, words: string, page: number): Shown {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = all.filter((row) => {
    if (!isShown(row, show)) return false;
    const text = `${row.question} ${row.answer} ${row.kind}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const pages = Math.max(1, Math.ceil(matching.length / PAGE_ROWS));
  const at = Math.min(Math.max(0, page), pages - 1);
  return {
    rows: matching.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS),
    matching: matching.length,
    page: at,
    pages,
  };
}

function isShown({ isAccepted, split }: QuestionRow, show: Show): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'open':
      return !isAccepted;
    case 'accepted':
      return isAccepted;
    default:
      return split === show;
  }
}
