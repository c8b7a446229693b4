/** Weights as constants of an ONNX model, made from a model's rows while the file is written. */
import { toFloat16 } from '../../formats/float-write';
import type { Element, OnnxModel } from '../../formats/onnx/model';
import { elementsOf, rowWidth, type StoredRows } from '../../formats/tensor-store';
import { packRows } from '../../kernels/weights/pack';
import { bytesOf, eachPiece } from '../rows';

/** How large weights are kept; the others are as the computation is. */
export type OnnxType = 'fp32' | 'fp16' | 'q4';
export type FloatElement = 'float32' | 'float16';

const BYTES: Readonly<Record<FloatElement, number>> = { float32: 4, float16: 2 };
const encode = (element: FloatElement, numbers: Float32Array): Uint8Array =>
  bytesOf(element === 'float32' ? numbers : toFloat16(numbers));

/** 16 MiB as float32. */
const STRIPE_NUMBERS = 2 ** 22;
/** Numbers of a block of 4-bit codes, and words of it in `packRows`: the scale and four words of codes. */
const BLOCK = 32;
const BLOCK_WORDS = 5;

/** A tensor in the file's own order of rows. */
export function storeRows(model: OnnxModel, name: string, tensor: StoredRows, element: FloatElement): string {
  const { shape } = tensor;
  return model.store({
    ...{ name, element, shape, bytes: elementsOf(shape) * BYTES[element] },
    write: (write) => eachPiece(tensor, (numbers) => write(encode(element, numbers))),
  });
}

/** [inputs, outputs] of a weight [outputs, inputs]: it is read whole and written some inputs at a time. */
export function storeTransposed(
  model: OnnxModel,
  name: string,
  tensor: StoredRows,
  element: FloatElement,
): string {
  const outputs = tensor.shape[0] ?? 1;
  const inputs = rowWidth(tensor.shape);
  return model.store({
    ...{ name, element, shape: [inputs, outputs], bytes: inputs * outputs * BYTES[element] },
    write: async (write) => {
      const whole = await tensor.read(0, outputs);
      const step = Math.max(1, Math.floor(STRIPE_NUMBERS / outputs));
      for (let from = 0; from < inputs; from += step) {
        const to = Math.min(inputs, from + step);
        const stripe = new Float32Array((to - from) * outputs);
        for (let row = 0; row < outputs; row++) {
          for (let i = from; i < to; i++)
            stripe[(i - from) * outputs + row] = whole[row * inputs + i] as number;
        }
        await write(encode(element, stripe));
      }
    },
  });
}

export interface Packed {
  readonly codes: string;
  readonly scales: string;
}

/**
 * The inputs of MatMulNBits: per output and 32 inputs 16 bytes of codes, the even ones in the low bits, 8 for zero, and a
 * scale. Codes are the engine's own int4 (`kernels/weights/pack.ts`).
 */
export function storePacked(model: OnnxModel, name: string, tensor: StoredRows): Packed {
  const outputs = tensor.shape[0] ?? 1;
  const inputs = rowWidth(tensor.shape);
  const blocks = Math.ceil(inputs / BLOCK);
  const packed = (take: (words: Uint32Array) => Uint8Array, write: (bytes: Uint8Array) => Promise<void>) =>
    eachPiece(tensor, (numbers) => write(take(packRows('int4', numbers, inputs))));
  const constant = (suffix: string, element: Element, shape: readonly number[], bytes: number) => ({
    ...{ name: `${name}.${suffix}`, element, shape, bytes },
  });
  return {
    codes: model.store({
      ...constant('codes', 'uint8', [outputs, blocks, BLOCK / 2], (outputs * blocks * BLOCK) / 2),
      write: (write) => packed(codesOf, write),
    }),
    scales: model.store({
      ...constant('scales', 'float32', [outputs * blocks], 4 * outputs * blocks),
      write: (write) => packed(scalesOf, write),
    }),
  };
}

function codesOf(words: Uint32Array): Uint8Array {
  const blocks = words.length / BLOCK_WORDS;
  const codes = new Uint32Array(4 * blocks);
  for (let b = 0; b < blocks; b++)
    codes.set(words.subarray(b * BLOCK_WORDS + 1, (b + 1) * BLOCK_WORDS), 4 * b);
  return bytesOf(codes);
}

function scalesOf(words: Uint32Array): Uint8Array {
  return bytesOf(
    Uint32Array.from({ length: words.length / BLOCK_WORDS }, (_, b) => words[b * BLOCK_WORDS] as number),
  );
}
