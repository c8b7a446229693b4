import { ITERATIONS, muonRate, type MuonStep, NORM_EPS, QUINTIC } from '../../optimizer/muon';
import type { Numbers } from '../register';

export interface MuonResult {
  readonly parameters: Float64Array;
  readonly momentum: Float64Array;
}

/**
 * One step for `count` matrices of rows × cols, one after the other, each by itself. A gradient with a number that is
 * not finite changes nothing.
 */
export function muon(
  args: { parameters: Numbers; gradient: Numbers; momentum: Numbers },
  { count, rows, cols }: { count: number; rows: number; cols: number },
  step: MuonStep,
): MuonResult {
  const parameters = Float64Array.from(args.parameters);
  const momentum = Float64Array.from(args.momentum);
  let squares = 0;
  for (let i = 0; i < parameters.length; i++) squares += (args.gradient[i] as number) ** 2;
  if (!Number.isFinite(Math.fround(Math.sqrt(squares)))) return { parameters, momentum };
  const rate = muonRate(step.learningRate, { rows, cols });
  const size = rows * cols;
  for (let matrix = 0; matrix < count; matrix++) {
    const first = matrix * size;
    const x = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      const g = args.gradient[first + i] as number;
      const moved = step.momentum * (momentum[first + i] as number) + g;
      momentum[first + i] = moved;
      x[i] = g + step.momentum * moved;
    }
    orthogonalise(x, rows, cols).forEach((direction, i) => {
      const kept = (parameters[first + i] as number) * (1 - step.learningRate * step.weightDecay);
      parameters[first + i] = kept - rate * direction;
    });
  }
  return { parameters, momentum };
}

/** The Newton-Schulz iteration of Jordan 2024 on one matrix, row-major. */
export function orthogonalise(matrix: Numbers, rows: number, cols: number): Float64Array {
  if (rows > cols) return transpose(orthogonalise(transpose(matrix, rows, cols), cols, rows), cols, rows);
  const [linear, cubic, quintic] = QUINTIC;
  const norm = Math.hypot(...Array.from(matrix)) + NORM_EPS;
  let x = Float64Array.from(matrix, (value) => value / norm);
  for (let i = 0; i < ITERATIONS; i++) {
    const gram = product(x, transpose(x, rows, cols), rows, cols, rows);
    const square = product(gram, gram, rows, rows, rows);
    const factor = gram.map((value, j) => cubic * value + quintic * (square[j] as number));
    const moved = product(factor, x, rows, rows, cols);
    x = x.map((value, j) => linear * value + (moved[j] as number));
  }
  return x;
}

function transpose(x: Numbers, rows: number, cols: number): Float64Array {
  return Float64Array.from(
    { length: rows * cols },
    (_, i) => x[(i % rows) * cols + Math.floor(i / rows)] as number,
  );
}

/** [rows, inner] × [inner, cols] */
function product(a: Numbers, b: Numbers, rows: number, inner: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, i) => {
    const [row, col] = [Math.floor(i / cols), i % cols];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += (a[row * inner + k] as number) * (b[k * cols + col] as number);
    return sum;
  });
}
