/** A group as the trainer's prefix forest: what its rollouts share stands once. Pure. */
import type { TrajectoryView } from '../../grpo/types';
import { buildForest } from '../../tokens/forest';

/** A stretch of tokens without a branch. */
export interface Stretch {
  /** First node in the forest; unique in the tree. */
  readonly node: number;
  readonly tokens: readonly TreeToken[];
  /** Rollouts that go through it. */
  readonly rollouts: readonly number[];
  /** Those of them that end here. */
  readonly ends: readonly TrajectoryView[];
  readonly branches: readonly Stretch[];
}

export interface TreeToken {
  readonly text: string;
  readonly source: number;
  readonly trained: boolean;
  /** Sum of the advantages of the rollouts that train it here: what pushes the one shared token. */
  readonly push: number;
}

export interface GroupTree {
  readonly roots: readonly Stretch[];
  /** Nodes of the forest. */
  readonly distinct: number;
  /** Tokens of all rollouts. */
  readonly total: number;
}

/** Null where ids were not kept, as in records of earlier versions. */
export function groupTree(items: readonly TrajectoryView[]): GroupTree | null {
  const sequences = items.flatMap(({ ids }) => (ids === undefined ? [] : [{ ids }]));
  if (sequences.length < items.length || items.length === 0) return null;
  const { forest, nodeOf } = buildForest(sequences);
  const through = Array.from({ length: forest.n }, (): number[] => []);
  const tokens: TreeToken[] = [];
  nodeOf.forEach((nodes, i) => {
    const { tokens: texts, source, lossMask, tokenAdvantages, kept } = items[i] as TrajectoryView;
    nodes.forEach((node, t) => {
      through[node]?.push(i);
      const trains = kept && (lossMask[t] ?? 0) > 0;
      const known = tokens[node];
      tokens[node] = {
        text: texts[t] ?? '',
        source: source[t] ?? 0,
        trained: trains || (known?.trained ?? false),
        push: (known?.push ?? 0) + (trains ? (tokenAdvantages[t] ?? 0) : 0),
      };
    });
  });
  const last = new Set(nodeOf.map((nodes) => nodes.at(-1) ?? -1));
  const end = (node: number): number => forest.end[node] ?? forest.n;
  const childrenIn = (from: number, to: number): number[] => {
    const found: number[] = [];
    for (let node = from; node < to; node = end(node)) found.push(node);
    return found;
  };
  const stretchAt = (node: number): Stretch => {
    let tail = node;
    // A first child follows its parent; it is the only one where its descendants are all of the parent's.
    while (!last.has(tail) && tail + 1 < end(tail) && end(tail + 1) === end(tail)) tail++;
    const members = through[node] ?? [];
    return {
      node,
      tokens: tokens.slice(node, tail + 1),
      rollouts: members.map((i) => items[i]?.rollout ?? i),
      ends: members.filter((i) => nodeOf[i]?.at(-1) === tail).map((i) => items[i] as TrajectoryView),
      branches: childrenIn(tail + 1, end(tail)).map(stretchAt),
    };
  };
  const total = items.reduce((sum, item) => sum + item.tokens.length, 0);
  return { roots: childrenIn(0, forest.n).map(stretchAt), distinct: forest.n, total };
}
