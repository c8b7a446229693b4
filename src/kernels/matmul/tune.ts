/** Which tiles products take, as choices of `tuning.ts`. */
import type { Gpu } from '../gpu';
import type { Choice } from '../tuning';
import { matmul } from './matmul';
import {
  candidateTiles,
  matmulTuning,
  PRODUCT_SIZES,
  type ProductSize,
  setMatmulTuning,
  tileKey,
} from './tiles';

/** Rows and columns of a trial's output, and its inner length. */
export interface TrialShape {
  readonly rows: number;
  readonly inner: number;
  readonly width: number;
}

/** A layer of a small model on a short micro-batch, and one of a larger model. */
const TRIALS: Readonly<Record<ProductSize, TrialShape>> = {
  small: { rows: 512, inner: 512, width: 512 },
  large: { rows: 1024, inner: 1024, width: 2048 },
};

export function matmulChoices(
  gpu: Gpu,
  trials: Readonly<Record<ProductSize, TrialShape>> = TRIALS,
): Choice[] {
  const cases = (['nt', 'nn', 'tn'] as const).flatMap((layout) =>
    PRODUCT_SIZES.map((size) => ({ layout, size })),
  );
  return cases.map(({ layout, size }) => {
    const { rows, inner, width } = trials[size];
    const name = `${layout} ${size}` as const;
    const tiles = new Map(candidateTiles(gpu, layout, size).map((tile) => [tileKey(tile), tile]));
    return {
      name,
      candidates: [...tiles.keys()],
      use: (candidate) => {
        const tile = candidate === null ? undefined : tiles.get(candidate);
        setMatmulTuning(gpu, { ...matmulTuning(gpu), [name]: tile });
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
