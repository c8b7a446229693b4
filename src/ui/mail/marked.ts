/** A text cut where its marks begin and end. Pure. */
export interface Piece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** @param marks in any order; what overlaps is marked once, what lies outside not at all */
export function piecesOf(
  text: string,
  marks: readonly { readonly start: number; readonly end: number }[],
): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const take = (end: number, isMarked: boolean): void => {
    if (end > at) pieces.push({ text: text.slice(at, end), isMarked });
    at = Math.max(at, end);
  };
  for (const { start, end } of marks.toSorted((a, b) => a.start - b.start)) {
    take(Math.min(start, text.length), false);
    take(Math.min(end, text.length), true);
  }
  take(text.length, false);
  return pieces;
}
