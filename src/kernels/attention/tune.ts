/** How forest attention is cut, as a choice of `tuning.ts`. */
import type { Gpu } from '../gpu';
import type { Choice } from '../tuning';
import {
  type AttentionShape,
  blockWalks,
  forestAttention,
  forestAttentionGradient,
  forestBlock,
  type ForestQueries,
  forestRuns,
  type ForestCut,
  forestCuts,
  setForestCut,
} from './attention';

/** A layer of a small model on a micro-batch of a few conversations. */
const TRIAL: AttentionShape = { rows: 768, heads: 8, kvHeads: 4, headDim: 64 };
/** Rows of a conversation: each row sees those before it. */
const LENGTH = 256;

const nameOf = ({ block, split }: ForestCut) => `blocks of ${block}${split ? ', rows split' : ''}`;

export function attentionChoice(gpu: Gpu, shape: AttentionShape = TRIAL): Choice {
  const cuts = new Map(forestCuts(gpu).map((cut) => [nameOf(cut), cut]));
  return {
    name: 'attention',
    candidates: [...cuts.keys()],
    use: (candidate) => setForestCut(gpu, candidate === null ? null : (cuts.get(candidate) ?? null)),
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
