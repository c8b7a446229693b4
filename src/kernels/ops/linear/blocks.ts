import { OpError } from '../../errors';
import type { LinearBlock } from '../../linear/linear';
import { MAX_MODULES } from '../../matmul/interface';

/** Consecutive outputs that a low-rank part adapts. */
export interface LinearTarget {
  readonly firstRow: number;
  readonly rows: number;
  /** Instead of the call's scale. */
  readonly scale?: number;
}

/** The low-rank part beside its matrices, as tfjs can carry it. */
export type LinearAttributes = {
  readonly rank: number;
  /** Five numbers per block: first row, rows, first column of u, first row of B, scale; -1, -1, 0 without low-rank part. */
  readonly blocks: readonly number[];
};

export const NO_LOW_RANK: LinearAttributes = { rank: 0, blocks: [] };

/**
 * All outputs as blocks, from the targets among them in order of their rows.
 * @throws OpError when targets overlap, leave the outputs, or make more blocks than one product takes
 */
export function linearBlocks(
  outputs: number,
  targets: readonly LinearTarget[],
  low: { readonly rank: number; readonly scale: number },
): LinearBlock[] {
  const blocks: LinearBlock[] = [];
  let next = 0;
  let l0 = 0;
  const plain = (to: number) => {
    if (to > next) blocks.push({ firstRow: next, rows: to - next, lora: null });
  };
  targets.forEach(({ firstRow, rows, scale = low.scale }, i) => {
    if (firstRow < next || rows < 1 || firstRow + rows > outputs) {
      throw OpError.of('op/lora-target', {
        target: i,
        first: firstRow,
        end: firstRow + rows,
        least: next,
        outputs,
      });
    }
    plain(firstRow);
    blocks.push({ firstRow, rows, lora: { u0: i * low.rank, l0, scale } });
    next = firstRow + rows;
    l0 += rows;
  });
  plain(outputs);
  if (blocks.length > MAX_MODULES) {
    throw OpError.of('op/lora-blocks', { blocks: blocks.length, most: MAX_MODULES });
  }
  return blocks;
}

export function encodeBlocks(blocks: readonly LinearBlock[]): number[] {
  return blocks.flatMap(({ firstRow, rows, lora }) => [
    firstRow,
    rows,
    ...(lora === null ? [-1, -1, 0] : [lora.u0, lora.l0, lora.scale]),
  ]);
}

export function decodeBlocks(numbers: readonly number[]): LinearBlock[] {
  const at = (i: number) => numbers[i] as number;
  return Array.from({ length: numbers.length / 5 }, (_, block) => {
    const i = 5 * block;
    const lora = at(i + 2) < 0 ? null : { u0: at(i + 2), l0: at(i + 3), scale: at(i + 4) };
    return { firstRow: at(i), rows: at(i + 1), lora };
  });
}
