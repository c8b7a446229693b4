/** Checks of what users hand to ops. Values on the GPU cannot be looked at; shapes, dtypes and numbers can. */
import * as tf from '@tensorflow/tfjs';
import { OpError } from '../errors';

/** Dimensions by number, or by a name that must mean the same everywhere in one call. */
export type Pattern = readonly (number | string)[];
export type Expected = readonly [tensor: tf.Tensor | undefined, dtype: 'float32' | 'int32', pattern: Pattern];

/**
 * Checks tensors by name and answers what the named dimensions are. Undefined tensors are skipped.
 * @throws OpError naming op, argument, what was expected and what was given
 */
export function checkTensors<Dim extends string>(
  op: string,
  tensors: Readonly<Record<string, Expected>>,
): Readonly<Record<Dim, number>> {
  const dims: Record<string, number> = {};
  for (const [name, [tensor, dtype, pattern]] of Object.entries(tensors)) {
    if (tensor === undefined) continue;
    // With the sizes that the tensors before have given.
    const shape = pattern.map((dim) =>
      typeof dim === 'string' && dim in dims ? `${dim} = ${dims[dim]}` : dim,
    );
    if (!(tensor instanceof tf.Tensor))
      throw OpError.of('op/no-tensor', { op, name, dtype, shape, found: typeof tensor });
    const fits =
      tensor.dtype === dtype &&
      tensor.shape.length === pattern.length &&
      pattern.every((dim, i) => {
        const size = tensor.shape[i] as number;
        if (typeof dim === 'number') return dim === size;
        return (dims[dim] ??= size) === size;
      });
    if (!fits)
      throw OpError.of('op/tensor', {
        op,
        name,
        dtype,
        shape,
        found: tensor.dtype,
        foundShape: tensor.shape,
      });
  }
  return dims as Record<Dim, number>;
}

/** @throws OpError unless every number lies in its range [low, high] and, with `integer`, is whole. */
export function checkNumbers(
  op: string,
  numbers: Readonly<Record<string, readonly [value: number, low: number, high: number, kind?: 'integer']>>,
): void {
  for (const [name, [value, low, high, kind]] of Object.entries(numbers)) {
    const whole = kind === undefined || Number.isSafeInteger(value);
    if (whole && value >= low && value <= high) continue;
    throw OpError.of('op/number', { op, name, isInteger: kind === 'integer', low, high, found: value });
  }
}
