/** Of many names the first, and how many there are in all. */
export interface Many {
  readonly names: readonly string[];
  readonly count: number;
}
