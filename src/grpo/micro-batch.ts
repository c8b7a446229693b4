/** Cuts a batch into micro-batches that fit a budget of forest nodes. */
import type { TokenId } from '../tokens/types';
import { buildForest } from '../tokens/forest';

export interface CuttableTrajectory {
  readonly ids: readonly TokenId[];
  readonly group: number;
}

/**
 * Indices of `trajectories` per micro-batch, in depth-first order of the whole batch's forest, so that shared
 * prefixes stay together. A group is split only when it exceeds the budget on its own. A trajectory that exceeds
 * the budget alone gets a micro-batch of its own: it cannot be cut. Trajectories keep their order inside equal paths.
 * @param nodeBudget most distinct tokens of one micro-batch.
 */
export function cutMicroBatches(trajectories: readonly CuttableTrajectory[], nodeBudget: number): number[][] {
  const { nodeOf } = buildForest(trajectories);
  const leaf = nodeOf.map((nodes) => nodes.at(-1) ?? -1);
  const groupPlace = new Map<number, number>();
  trajectories.forEach(({ group }, i) => {
    const place = leaf[i] as number;
    groupPlace.set(group, Math.min(groupPlace.get(group) ?? place, place));
  });
  const order = trajectories
    .map((_, i) => i)
    .sort((a, b) => {
      const groupA = (trajectories[a] as CuttableTrajectory).group;
      const groupB = (trajectories[b] as CuttableTrajectory).group;
      return (
        (groupPlace.get(groupA) as number) - (groupPlace.get(groupB) as number) ||
        groupA - groupB ||
        (leaf[a] as number) - (leaf[b] as number) ||
        a - b
      );
    });

  const batches: number[][] = [];
  let current: number[] = [];
  // A stamp per node says in which micro-batch it was last counted.
  const stamp = new Int32Array(
    nodeOf.reduce((most, nodes) => nodes.reduce((m, x) => Math.max(m, x), most), -1) + 1,
  );
  let used = 0;
  let epoch = 1;
  const close = () => {
    if (current.length > 0) batches.push(current);
    current = [];
    used = 0;
    epoch++;
  };
  /** Nodes that the members would add to the open micro-batch. */
  const cost = (members: readonly number[]) => {
    let added = 0;
    const seen = new Set<number>();
    for (const i of members) {
      for (const node of nodeOf[i] as Int32Array) {
        if (stamp[node] !== epoch && !seen.has(node)) {
          seen.add(node);
          added++;
        }
      }
    }
    return added;
  };
  const add = (members: readonly number[]) => {
    used += cost(members);
    for (const i of members) {
      for (const node of nodeOf[i] as Int32Array) stamp[node] = epoch;
      current.push(i);
    }
  };

  for (let at = 0; at < order.length;) {
    const group = (trajectories[order[at] as number] as CuttableTrajectory).group;
    let next = at;
    while (next < order.length && (trajectories[order[next] as number] as CuttableTrajectory).group === group)
      next++;
    const members = order.slice(at, next);
    at = next;
    if (used + cost(members) > nodeBudget) close();
    if (used + cost(members) <= nodeBudget) add(members);
    else {
      for (const i of members) {
        if (current.length > 0 && used + cost([i]) > nodeBudget) close();
        add([i]);
      }
    }
  }
  close();
  return batches;
}
