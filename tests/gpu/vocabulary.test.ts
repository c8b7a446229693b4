/** The vocabulary projection where its logits do not fit the scratch buffer at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gpu, Slice } from '../../src/kernels/gpu';
import {
  vocabularyGradient,
  vocabularyLogProbs,
  vocabularyLogProbsKept,
} from '../../src/kernels/vocabulary/vocabulary';
import { Random } from '../../src/random/philox';
import { openGpu } from '../fixtures/tiny-policy';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const WIDTH = 8;
const ROWS = 70;

/** dhidden and dhead, with the forward pass's last logits handed on, or all computed again. */
async function gradients(vocabulary: number, kept: boolean) {
  const random = new Random(3, 'vocabulary');
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const [hidden, table] = [gpu.upload(draw(ROWS * WIDTH)), gpu.upload(draw(vocabulary * WIDTH))];
  const target = gpu.upload(Int32Array.from({ length: ROWS }, (_, r) => (r * 7919) % vocabulary));
  const [dlogp, dentropy] = [gpu.upload(draw(ROWS)), gpu.upload(draw(ROWS))];
  const [logp, entropy, lse] = [0, 1, 2].map(() => gpu.alloc(ROWS)) as [Slice, Slice, Slice];
  const dhidden = gpu.alloc(ROWS * WIDTH);
  const dhead = gpu.alloc(vocabulary * WIDTH);
  gpu.clear(dhead);
  const shape = { rows: ROWS, width: WIDTH, vocabulary, temperature: 0.8 };
  const inputs = { hidden, target, head: [{ slice: table, firstRow: 0, rows: vocabulary }] };
  const outputs = { logp, entropy, lse };
  const backward = { ...inputs, lse, entropy, dlogp, dentropy, dhidden, dhead };
  if (kept) {
    const logits = vocabularyLogProbsKept(gpu, { ...inputs, ...outputs }, shape);
    vocabularyGradient(gpu, { ...backward, logits }, shape);
  } else {
    vocabularyLogProbs(gpu, { ...inputs, ...outputs }, shape);
    vocabularyGradient(gpu, backward, shape);
  }
  const read = [await gpu.read(dhidden, ROWS * WIDTH), await gpu.read(dhead, vocabulary * WIDTH)] as const;
  gpu.free(hidden, table, target, dlogp, dentropy, logp, entropy, lse, dhidden, dhead);
  return read;
}

test.each([
  ['one chunk', 1000],
  ['two chunks', 60_004],
])(
  'logits handed on from the forward pass give the same bits as computing them again, %s',
  async (_, size) => {
    const [handed, again] = [await gradients(size, true), await gradients(size, false)];
    expect(handed[0].every(Number.isFinite)).toBe(true);
    expect(handed[0].some((x) => x !== 0)).toBe(true);
    expect(handed).toEqual(again);
  },
);
