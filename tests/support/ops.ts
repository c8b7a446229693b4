/** What the tests of ops share: seeded numbers, comparison, derivatives by differences. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Random } from '../../src/random/philox';
import type { Numbers } from '../../src/kernels/ops/register';

/** Standard normal numbers that depend on the label alone; exact in float32, so that both precisions see the same. */
export function normals(label: string, count: number): Float64Array {
  const random = new Random(1, label);
  return Float64Array.from({ length: count }, () => Math.fround(random.normal()));
}

export function tensor(values: Numbers, shape: readonly number[]): tf.Tensor {
  return tf.tensor(Float32Array.from(values), [...shape]);
}

export function normalTensor(label: string, shape: readonly number[]): tf.Tensor {
  return tensor(
    normals(
      label,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  );
}

export const int32 = (values: Numbers, shape: readonly number[] = [values.length]): tf.Tensor =>
  tf.tensor(Int32Array.from(values), [...shape], 'int32');

/** Largest difference, relative to the largest number wanted (at least 1). NaN equals NaN. */
export function largestGap(found: Numbers, wanted: Numbers): number {
  if (found.length !== wanted.length) return Infinity;
  let gap = 0;
  let largest = 1;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [found[i] as number, wanted[i] as number];
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
    gap = Math.max(gap, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  return gap / largest;
}

export function expectClose(found: Numbers, wanted: Numbers, tolerance: number): void {
  expect(largestGap(found, wanted)).toBeLessThan(tolerance);
}

/** Float32 rounding of inputs and results, with sums in another order. */
export const FLOAT32 = 2e-5;

/** Same values, and same gradients from the same dy, for two functions of tensors. */
export function expectSameFunction<T extends tf.Tensor[]>(
  own: (...inputs: T) => tf.Tensor,
  stock: (...inputs: T) => tf.Tensor,
  inputs: readonly [...T],
): void {
  const value = own(...inputs);
  const stockValue = stock(...inputs);
  expect(value.shape).toEqual(stockValue.shape);
  expectClose(value.dataSync(), stockValue.dataSync(), FLOAT32);
  const dy = normalTensor('dy', value.shape);
  const gradients = (f: (...inputs: T) => tf.Tensor) => tf.grads(f as (...inputs: tf.Tensor[]) => tf.Tensor);
  const found = gradients(own)([...inputs], dy);
  const wanted = gradients(stock)([...inputs], dy);
  found.forEach((gradient, i) => {
    expect(gradient.shape).toEqual(inputs[i]?.shape);
    expectClose(gradient.dataSync(), wanted[i]?.dataSync() ?? [], FLOAT32);
  });
}

/** Derivatives of `f` at `x` by central differences; in float64 good to about 1e-8. */
export function differences(f: (x: Float64Array) => number, x: Numbers): Float64Array {
  const step = 1e-5;
  return Float64Array.from(x, (value, i) => {
    const at = Float64Array.from(x);
    at[i] = value + step;
    const above = f(at);
    at[i] = value - step;
    return (above - f(at)) / (2 * step);
  });
}

export const DIFFERENCES = 1e-7;

/** Σ a·b */
export function inner(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
