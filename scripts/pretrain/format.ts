/**
 * The file of training sequences, little-endian:
 *
 *     u32 magic "MGTR"   u32 version 1   u32 sequences S   u32 tokens N
 *     u32 length[S]      u16 id[N]       u8 weight[N]
 *
 * `weight` of a token scales the loss of predicting it, in units of 1/20; 0 leaves it out.
 * Written by `npm run pretrain -- --plan DIR` (`plan.ts`), read by `../pretrain_torch.py`.
 */

export const MAGIC = 0x5254474d;
export const VERSION = 1;
export const WEIGHT_UNIT = 1 / 20;

export interface TrainingSequence {
  readonly ids: readonly number[];
  /** As many as ids; 0 to 12.75. */
  readonly weights: readonly number[];
}

export function encodeSequences(sequences: readonly TrainingSequence[]): Uint8Array<ArrayBuffer> {
  const tokens = sequences.reduce((sum, { ids }) => sum + ids.length, 0);
  const bytes = new Uint8Array(16 + 4 * sequences.length + 3 * tokens);
  const view = new DataView(bytes.buffer);
  [MAGIC, VERSION, sequences.length, tokens].forEach((value, i) => view.setUint32(4 * i, value, true));
  sequences.forEach(({ ids }, i) => view.setUint32(16 + 4 * i, ids.length, true));
  let at = 16 + 4 * sequences.length;
  const weightsAt = at + 2 * tokens;
  let token = 0;
  for (const { ids, weights } of sequences) {
    ids.forEach((id, i) => {
      view.setUint16(at, id, true);
      at += 2;
      bytes[weightsAt + token++] = Math.min(255, Math.round((weights[i] ?? 0) / WEIGHT_UNIT));
    });
  }
  return bytes;
}

/** @throws RangeError when the bytes are not such a file. */
export function decodeSequences(bytes: Uint8Array): TrainingSequence[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic, version, count, tokens] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC || version !== VERSION || bytes.length !== 16 + 4 * count + 3 * tokens) {
    throw new RangeError(
      `Not a file of training sequences of version ${VERSION}: magic ${magic.toString(16)}, version ${version}, ${bytes.length} bytes.`,
    );
  }
  const idsAt = 16 + 4 * count;
  const weightsAt = idsAt + 2 * tokens;
  let start = 0;
  return Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(16 + 4 * i, true);
    const positions = Array.from({ length }, (_, j) => start + j);
    start += length;
    return {
      ids: positions.map((p) => view.getUint16(idsAt + 2 * p, true)),
      weights: positions.map((p) => (bytes[weightsAt + p] ?? 0) * WEIGHT_UNIT),
    };
  });
}
