/** ggml's 8-bit blocks. */
import { halfBits } from '../../formats/float-write';

const BLOCK = 32;

/**
 * Q8_0: per 32 numbers a binary16 scale, the largest size over 127, and 32 signed bytes. Rounded as ggml's reference
 * `quantize_row_q8_0_ref` does: the codes by the scale before it is rounded to 16 bits, halves away from zero.
 */
export function q8Bytes(numbers: Float32Array): Uint8Array {
  const blocks = numbers.length / BLOCK;
  const bytes = new Uint8Array(blocks * (BLOCK + 2));
  const view = new DataView(bytes.buffer);
  for (let b = 0; b < blocks; b++) {
    let largest = 0;
    for (let i = 0; i < BLOCK; i++) {
      largest = Math.max(largest, Math.abs(numbers[b * BLOCK + i] as number));
    }
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const at = b * (BLOCK + 2);
    view.setUint16(at, halfBits(scale), true);
    for (let i = 0; i < BLOCK; i++) {
      const x = Math.fround((numbers[b * BLOCK + i] as number) * inverse);
      view.setInt8(at + 2 + i, Math.sign(x) * Math.floor(Math.abs(x) + 0.5));
    }
  }
  return bytes;
}
