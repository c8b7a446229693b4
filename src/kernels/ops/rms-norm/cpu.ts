import type { RmsNormShape } from '../../rms-norm/rms-norm';
import type { Numbers } from '../register';

/** 1 / sqrt(mean(x²) + eps) of a row. */
function rstd(x: Numbers, row: number, { width, eps }: RmsNormShape): number {
  let squares = 0;
  for (let c = 0; c < width; c++) squares += (x[row * width + c] as number) ** 2;
  return 1 / Math.sqrt(squares / width + eps);
}

export function rmsNorm(x: Numbers, weight: Numbers, shape: RmsNormShape, residual?: Numbers): Float64Array {
  const { rows, width } = shape;
  const y = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const scale = rstd(x, r, shape);
    for (let c = 0; c < width; c++) {
      const at = r * width + c;
      y[at] = (x[at] as number) * scale * (weight[c] as number) + (residual?.[at] ?? 0);
    }
  }
  return y;
}

/** dx = rstd·(w∘dy) − x·rstd³/width·Σ(w∘dy∘x) */
export function rmsNormGradient(x: Numbers, weight: Numbers, dy: Numbers, shape: RmsNormShape): Float64Array {
  const { rows, width } = shape;
  const dx = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const scale = rstd(x, r, shape);
    let along = 0;
    for (let c = 0; c < width; c++) {
      const at = r * width + c;
      along += (dy[at] as number) * (weight[c] as number) * (x[at] as number);
    }
    const back = (along * scale ** 3) / width;
    for (let c = 0; c < width; c++) {
      const at = r * width + c;
      dx[at] = (dy[at] as number) * (weight[c] as number) * scale - (x[at] as number) * back;
    }
  }
  return dx;
}

/** dweight = Σ over rows of dy∘x·rstd */
export function rmsNormWeightGradient(x: Numbers, dy: Numbers, shape: RmsNormShape): Float64Array {
  const { rows, width } = shape;
  const dweight = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const scale = rstd(x, r, shape);
    for (let c = 0; c < width; c++) {
      const at = r * width + c;
      dweight[c] = (dweight[c] as number) + (dy[at] as number) * (x[at] as number) * scale;
    }
  }
  return dweight;
}
