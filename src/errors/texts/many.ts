/** Of many names the first, and how many there are in all. */
export interface Many {
  readonly names: readonly string[];
  readonly count: number;
}

/** @param most names that are shown */
export function manyOf(names: readonly string[], most: number): Many {
  return { names: names.slice(0, most), count: names.length };
}
