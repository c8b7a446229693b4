/** How many rows a workgroup of forest attention takes, as a choice of `tuning.ts`. */
import type { Gpu } from '../gpu';
import type { Choice } from '../tuning';
import {
  type AttentionShape,
  blockWalks,
  FOREST_BLOCKS,
  forestAttention,
  forestAttentionGradient,
  forestBlock,
  type ForestQueries,
  forestRuns,
  setForestBlock,
} from './attention';

/** A layer of a small model on a micro-batch of a few conversations. */
const TRIAL: AttentionShape = { rows: 768, heads: 8, kvHeads: 4, headDim: 64 };
/** Rows of a conversation: each row sees those before it. */
const LENGTH = 256;

export function attentionChoice(gpu: Gpu, shape: AttentionShape = TRIAL): Choice {
  const most = gpu.limits.maxComputeInvocationsPerWorkgroup;
  const blocks = new Map(
    FOREST_BLOCKS.filter((block) => block <= most).map((block) => [`blocks of ${block}`, block]),
  );
  return {
    name: 'attention',
    candidates: [...blocks.keys()],
    use: (candidate) => setForestBlock(gpu, candidate === null ? null : (blocks.get(candidate) ?? null)),
    trial: () => {
      const { rows, heads, kvHeads, headDim } = shape;
      const vectors = () => gpu.alloc(rows * heads * headDim, 'trial');
      const pairs = () => gpu.alloc(rows * 2 * kvHeads * headDim, 'trial');
      const arrays = { q: vectors(), out: vectors(), dout: vectors(), dq: vectors() };
      const caches = { cache: pairs(), dcache: pairs() };
      const stats = gpu.alloc(2 * rows * heads, 'trial');
      const order = Uint32Array.from({ length: rows + 1 }, (_, i) => i);
      const parent = Int32Array.from({ length: rows }, (_, i) => (i % LENGTH === 0 ? -1 : i - 1));
      const counting = gpu.upload(order);
      const end = gpu.upload(order.subarray(0, rows).map((i) => Math.min(rows, i - (i % LENGTH) + LENGTH)));
      const block = forestBlock(gpu);
      const walks = gpu.upload(blockWalks(forestRuns(parent), order.subarray(0, rows), block));
      const queries: ForestQueries = { count: rows, block, rows: counting, before: counting, walks };
      const args = { ...arrays, ...caches, stats, end, window: null, queries };
      return {
        record: (repeats) => {
          for (let i = 0; i < repeats; i++) {
            forestAttention(gpu, args, shape);
            forestAttentionGradient(gpu, args, shape);
          }
        },
        free: () => gpu.free(...Object.values(arrays), ...Object.values(caches), stats, counting, end, walks),
      };
    },
  };
}
