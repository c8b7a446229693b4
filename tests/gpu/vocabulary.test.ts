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

/** log p(target) and entropy in float64, from the float32 logits that a product of one column gives exactly. */
function exact(logits: Float32Array, target: number): readonly [number, number] {
  const top = logits.reduce((a, b) => Math.max(a, b));
  let total = 0;
  let weighted = 0;
  for (const z of logits) {
    const e = Math.exp(z - top);
    total += e;
    weighted += e * z;
  }
  const lse = top + Math.log(total);
  return [(logits[target] as number) - lse, lse - weighted / total];
}

test('log-probs over 151,936 tokens are as near to float64 as a float32 log-softmax can be', async () => {
  const vocabulary = 151_936;
  const random = new Random(5, 'long sums');
  // Peaked as a trained model's: a few likely tokens and a long tail that together weigh as much.
  const logits = Float32Array.from({ length: vocabulary }, (_, v) =>
    v % 5000 === 7 ? 9 + random.normal() : 0.4 * random.normal(),
  );
  const targets = [7, 5007, 31, 100_000, vocabulary - 1];
  const rows = targets.length;
  const hidden = gpu.upload(new Float32Array(rows).fill(1));
  const slice = gpu.upload(logits);
  const target = gpu.upload(Int32Array.from(targets));
  const outputs = { logp: gpu.alloc(rows), entropy: gpu.alloc(rows), lse: gpu.alloc(rows) };
  const head = [{ slice, firstRow: 0, rows: vocabulary }];
  vocabularyLogProbs(
    gpu,
    { hidden, head, target, ...outputs },
    { rows, width: 1, vocabulary, temperature: 1 },
  );
  const [logp, entropy] = [await gpu.read(outputs.logp, rows), await gpu.read(outputs.entropy, rows)];
  targets.forEach((id, row) => {
    const [wantedLogp, wantedEntropy] = exact(logits, id);
    // A running sum is off by 1e-4 and more here.
    expect(Math.abs((logp[row] as number) - wantedLogp)).toBeLessThan(4e-6);
    expect(Math.abs((entropy[row] as number) - wantedEntropy)).toBeLessThan(2e-5);
  });
  gpu.free(hidden, slice, target, ...Object.values(outputs));
});
