/** The prefix forest: trajectories of a batch merged into a trie of tokens, so that every distinct token is computed once. */
import type { Forest, TokenId } from './types';

export interface BuiltForest {
  readonly forest: Forest;
  /** Node index of every token of every sequence, in the order of the sequences given. */
  readonly nodeOf: readonly Int32Array[];
}

/** Above every vocabulary; (node + 1) * this stays a safe integer for 2^32 nodes. */
const TOKEN_LIMIT = 2 ** 21;

/**
 * Merges sequences on equal token prefixes and lays the trie out depth-first, children in order of first appearance.
 * Sequences without a common first token become separate trees. Time is linear in the tokens given.
 */
export function buildForest(sequences: readonly { readonly ids: readonly TokenId[] }[]): BuiltForest {
  let total = 0;
  for (const sequence of sequences) total += sequence.ids.length;

  // Trie in order of creation; entry 0 is the virtual parent of all roots.
  const token = new Int32Array(total + 1);
  const up = new Int32Array(total + 1);
  const firstChild = new Int32Array(total + 1);
  const lastChild = new Int32Array(total + 1);
  const sibling = new Int32Array(total + 1);
  const laterChildren = new Map<number, number>();
  const visited = sequences.map((sequence) => new Int32Array(sequence.ids.length));
  let size = 1;

  sequences.forEach((sequence, s) => {
    const path = visited[s] as Int32Array;
    let node = 0;
    for (let t = 0; t < path.length; t++) {
      const id = sequence.ids[t] as number;
      const first = firstChild[node] as number;
      let child = 0;
      if (first !== 0) {
        // Most nodes have one child, so the map is asked at branches only.
        child = token[first] === id ? first : (laterChildren.get(node * TOKEN_LIMIT + id) ?? 0);
      }
      if (child === 0) {
        child = size++;
        token[child] = id;
        up[child] = node;
        if (first === 0) firstChild[node] = child;
        else {
          sibling[lastChild[node] as number] = child;
          laterChildren.set(node * TOKEN_LIMIT + id, child);
        }
        lastChild[node] = child;
      }
      path[t] = child;
      node = child;
    }
  });

  const n = size - 1;
  const forest = {
    n,
    ids: new Int32Array(n),
    depth: new Int32Array(n),
    parent: new Int32Array(n),
    end: new Int32Array(n),
  };
  const placeOf = new Int32Array(size);
  placeOf[0] = -1;
  let place = 0;
  let node = firstChild[0] as number;
  while (node !== 0) {
    const parent = placeOf[up[node] as number] as number;
    placeOf[node] = place;
    forest.ids[place] = token[node] as number;
    forest.parent[place] = parent;
    forest.depth[place] = parent < 0 ? 0 : (forest.depth[parent] as number) + 1;
    place++;
    let next = firstChild[node] as number;
    while (next === 0 && node !== 0) {
      next = sibling[node] as number;
      node = up[node] as number;
    }
    node = next;
  }
  for (let i = n - 1; i >= 0; i--) {
    if (forest.end[i] === 0) forest.end[i] = i + 1;
    const parent = forest.parent[i] as number;
    // Descendants come after their ancestor, so the first one met from the right has the largest end.
    if (parent >= 0 && forest.end[parent] === 0) forest.end[parent] = forest.end[i] as number;
  }
  for (const path of visited)
    for (let t = 0; t < path.length; t++) path[t] = placeOf[path[t] as number] as number;
  return { forest, nodeOf: visited };
}
