import * as raw from '../../attention/attention';
import type { Gpu, Slice } from '../../gpu';

export function forestAttention(
  gpu: Gpu,
  args: raw.SeenForest & { q: Slice; cache: Slice; queries: raw.ForestQueries; out: Slice; stats: Slice },
  shape: raw.AttentionShape,
): void {
  // The odd entries belong to the gradient.
  gpu.clear(args.stats);
  raw.forestAttention(gpu, args, shape);
}

export function forestAttentionGradient(
  gpu: Gpu,
  args: raw.SeenForest & {
    q: Slice;
    cache: Slice;
    queries: raw.ForestQueries;
    out: Slice;
    stats: Slice;
    dout: Slice;
    dq: Slice;
    dcache: Slice;
  },
  shape: raw.AttentionShape,
): void {
  // Completed in place by the kernel, and not ours to change.
  const stats = gpu.alloc(args.stats.size / 4, 'attention stats');
  gpu.copy(args.stats, stats, args.stats.size);
  raw.forestAttentionGradient(gpu, { ...args, stats }, shape);
  gpu.free(stats);
}
