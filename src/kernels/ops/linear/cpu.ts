import type { LinearBlock, LinearShape } from '../../linear/linear';
import type { Numbers } from '../register';

/** {@link LowRank} of the raw kernel with its matrices on the CPU. */
export interface LowRankNumbers {
  readonly a: Numbers;
  readonly b: Numbers;
  readonly rank: number;
  readonly columns: number;
  readonly blocks: readonly LinearBlock[];
}

/** out[m,n] = Σk left(i,k)·right(k,j) */
function product(
  m: number,
  n: number,
  inner: number,
  left: (i: number, k: number) => number,
  right: (k: number, j: number) => number,
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += left(i, k) * right(k, j);
      out[i * n + j] = sum;
    }
  }
  return out;
}

const at = (values: Numbers, index: number) => values[index] as number;

/** u = x·Aᵀ, [rows, columns] */
function activations(x: Numbers, low: LowRankNumbers, { rows, inputs }: LinearShape): Float64Array {
  return product(
    rows,
    low.columns,
    inputs,
    (i, k) => at(x, i * inputs + k),
    (k, j) => at(low.a, j * inputs + k),
  );
}

/** y = x·Wᵀ + bias + residual + scale·u·Bᵀ, the last per block. */
export function linear(
  args: {
    x: Numbers;
    weight: Numbers;
    bias?: Numbers | undefined;
    residual?: Numbers | undefined;
    low: LowRankNumbers | null;
  },
  shape: LinearShape,
): Float64Array {
  const { rows, inputs, outputs } = shape;
  const y = product(
    rows,
    outputs,
    inputs,
    (i, k) => at(args.x, i * inputs + k),
    (k, j) => at(args.weight, j * inputs + k),
  );
  for (let i = 0; i < y.length; i++) {
    y[i] = at(y, i) + (args.bias?.[i % outputs] ?? 0) + (args.residual?.[i] ?? 0);
  }
  const { low } = args;
  if (low === null) return y;
  const u = activations(args.x, low, shape);
  for (const { firstRow, rows: height, lora } of low.blocks) {
    if (lora === null) continue;
    for (let i = 0; i < rows; i++) {
      for (let o = 0; o < height; o++) {
        let sum = 0;
        for (let j = 0; j < low.rank; j++) {
          sum += at(u, i * low.columns + lora.u0 + j) * at(low.b, (lora.l0 + o) * low.rank + j);
        }
        const index = i * outputs + firstRow + o;
        y[index] = at(y, index) + lora.scale * sum;
      }
    }
  }
  return y;
}

/** dx = dy·W */
export function linearInputGradient(weight: Numbers, dy: Numbers, shape: LinearShape): Float64Array {
  const { rows, inputs, outputs } = shape;
  return product(
    rows,
    inputs,
    outputs,
    (i, k) => at(dy, i * outputs + k),
    (k, j) => at(weight, k * inputs + j),
  );
}

/** dweight = dyᵀ·x */
export function linearWeightGradient(x: Numbers, dy: Numbers, shape: LinearShape): Float64Array {
  const { rows, inputs, outputs } = shape;
  return product(
    outputs,
    inputs,
    rows,
    (i, k) => at(dy, k * outputs + i),
    (k, j) => at(x, k * inputs + j),
  );
}

/** dbias = column sums of dy */
export function linearBiasGradient(dy: Numbers, { rows, outputs }: LinearShape): Float64Array {
  return product(
    1,
    outputs,
    rows,
    () => 1,
    (k, j) => at(dy, k * outputs + j),
  );
}

/** With du = scale·dy·B per block: dx = dy·W + du·A, da = duᵀ·x, db = scale·dyᵀ·u per block. */
export function loraGradient(
  args: { x: Numbers; weight: Numbers; dy: Numbers; low: LowRankNumbers },
  shape: LinearShape,
): { dx: Float64Array; da: Float64Array; db: Float64Array } {
  const { rows, inputs, outputs } = shape;
  const { x, dy, low } = args;
  const { rank, columns } = low;
  const u = activations(x, low, shape);
  const du = new Float64Array(rows * columns);
  const db = new Float64Array(low.b.length);
  for (const { firstRow, rows: height, lora } of low.blocks) {
    if (lora === null) continue;
    for (let i = 0; i < rows; i++) {
      for (let o = 0; o < height; o++) {
        const d = lora.scale * at(dy, i * outputs + firstRow + o);
        for (let j = 0; j < rank; j++) {
          const inU = i * columns + lora.u0 + j;
          const inB = (lora.l0 + o) * rank + j;
          du[inU] = at(du, inU) + d * at(low.b, inB);
          db[inB] = at(db, inB) + d * at(u, inU);
        }
      }
    }
  }
  const da = product(
    columns,
    inputs,
    rows,
    (i, k) => at(du, k * columns + i),
    (k, j) => at(x, k * inputs + j),
  );
  const through = product(
    rows,
    inputs,
    columns,
    (i, k) => at(du, i * columns + k),
    (k, j) => at(low.a, k * inputs + j),
  );
  const dx = linearInputGradient(args.weight, dy, shape).map((value, i) => value + at(through, i));
  return { dx, da, db };
}
