/** Token ids, where they came from, and how a batch of them lies in a forest. A leaf: any room may import it. */

/** Index into the tokenizer's vocabulary. */
export type TokenId = number;

/** Where a token of a trajectory came from. Numbers are stored, one byte per token. */
export const TOKEN_SOURCE = { prompt: 0, sampled: 1, tool: 2 } as const;
export type TokenSource = keyof typeof TOKEN_SOURCE;

/**
 * A batch of trajectories merged into a trie and laid out depth-first; arrays have length n.
 * Query i attends to key j exactly when j <= i and i < end[j].
 */
export interface Forest {
  readonly n: number;
  readonly ids: Int32Array;
  /** Position for rotary embedding; roots have 0. */
  readonly depth: Int32Array;
  /** Index of the parent; -1 for roots. */
  readonly parent: Int32Array;
  /** One past the last descendant in this order. */
  readonly end: Int32Array;
}
