/** Which tiles products take, as choices of `tuning.ts`. */
import type { Gpu } from '../gpu';
import type { Choice } from '../tuning';
import { matmul } from './matmul';
import { candidateTiles, matmulTuning, setMatmulTuning, tileKey } from './tiles';

/** Rows and columns of a trial's output, and its inner length. */
export interface TrialShape {
  readonly rows: number;
  readonly inner: number;
  readonly width: number;
}

/** A layer of a small model on a micro-batch. */
const TRIAL: TrialShape = { rows: 1024, inner: 512, width: 512 };

export function matmulChoices(gpu: Gpu, { rows, inner, width }: TrialShape = TRIAL): Choice[] {
  return (['nt', 'nn', 'tn'] as const).map((layout) => {
    const tiles = new Map(candidateTiles(gpu, layout).map((tile) => [tileKey(tile), tile]));
    return {
      name: layout,
      candidates: [...tiles.keys()],
      use: (candidate) => {
        const tile = candidate === null ? undefined : tiles.get(candidate);
        setMatmulTuning(gpu, { ...matmulTuning(gpu), [layout]: tile });
      },
      trial: () => {
        const a = gpu.alloc(rows * inner, 'trial');
        const b = gpu.alloc(inner * width, 'trial');
        const out = gpu.alloc(rows * width, 'trial');
        const [lda, ldb] = [layout === 'tn' ? rows : inner, layout === 'nt' ? inner : width];
        const task = { layout, a, b, out, lda, ldb, ldo: width, modules: [{ width, height: rows, inner }] };
        return {
          record: (repeats) => {
            for (let i = 0; i < repeats; i++) matmul(gpu, task);
          },
          free: () => gpu.free(a, b, out),
        };
      },
    };
  });
}
