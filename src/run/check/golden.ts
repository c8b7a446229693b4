/** Computes golden cases and products on a device, by the code of every run. */
import { GpuPolicy } from '../../engine/gpu-policy';
import { verifyBatch } from '../../grpo/verify';
import type { Gpu, Slice } from '../../kernels/gpu';
import { type MatmulArgs, matmul } from '../../kernels/matmul/matmul';
import { Random } from '../../random/philox';
import type { GoldenCase, GreedyText } from './cases';
import { goldenProblems } from './compare';

/** Forward and backward pass, loss and gradients of a case, then its greedy texts; in words what is not as it should be. */
export async function computeCase(gpu: Gpu, golden: GoldenCase): Promise<string[]> {
  const { config, weights, lora, adapter, batch, greedy } = golden;
  const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
  try {
    policy.loadAdapter(adapter);
    const { result, gradients } = await verifyBatch(policy, batch);
    return [...goldenProblems(golden, result, gradients), ...(await greedyProblems(policy, greedy))];
  } finally {
    policy.dispose();
  }
}

async function greedyProblems(policy: GpuPolicy, texts: readonly GreedyText[]): Promise<string[]> {
  if (texts.length === 0) return [];
  const requests = texts.map(({ prompt }, group) => ({
    key: { step: 0, group, rollout: 0 },
    promptIds: prompt,
  }));
  const most = Math.max(...texts.map(({ ids }) => ids.length));
  const sampled = await policy.sample(requests, {
    params: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
    stopIds: [],
    maxTurnTokens: most,
    maxSeqLength: Math.max(...texts.map(({ prompt, ids }) => prompt.length + ids.length)) + 1,
    onTurn: () => null,
  });
  return texts.flatMap(({ prompt, ids }, i) => {
    const found = sampled[i]?.ids.slice(prompt.length) ?? [];
    return found.join() === ids.join()
      ? []
      : [`greedy text ${i} is ${found.join(' ')}, not ${ids.join(' ')}`];
  });
}

/** Sizes of real layers, which the small models of the cases do not have: rows, inner, columns. */
const [ROWS, INNER, COLUMNS] = [136, 192, 260] as const;
/** As a share of the product of the vectors' lengths: float32 sums of so many terms stay well below. */
const BOUND = 1e-5;

type Layout = MatmulArgs['layout'];
const LAYOUTS: readonly Layout[] = ['nt', 'nn', 'tn'];

/** Matrix products in the tiles that this device takes, every element against its sum in float64. */
export async function computeProducts(gpu: Gpu): Promise<string[]> {
  const random = new Random(1, 'check');
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const [left, right] = [draw(ROWS * INNER), draw(COLUMNS * INNER)];
  const problems: string[] = [];
  for (const layout of LAYOUTS) {
    const found = await product(gpu, layout, left, right);
    const worst = worstElement(layout, left, right, found);
    if (!(worst.error <= BOUND))
      problems.push(`${layout} product is ${worst.found} in row ${worst.row}, not ${worst.wanted}`);
  }
  return problems;
}

async function product(gpu: Gpu, layout: Layout, left: Float32Array, right: Float32Array) {
  const a = gpu.upload(left, 'left');
  const b = gpu.upload(right, 'right');
  const out: Slice = gpu.alloc(ROWS * COLUMNS, 'product');
  matmul(gpu, {
    ...{ layout, a, b, out },
    modules: [{ width: COLUMNS, height: ROWS, inner: INNER }],
    lda: layout === 'tn' ? ROWS : INNER,
    ldb: layout === 'nt' ? INNER : COLUMNS,
    ldo: COLUMNS,
  });
  try {
    return await gpu.read(out, ROWS * COLUMNS);
  } finally {
    gpu.free(a, b, out);
  }
}

function worstElement(layout: Layout, left: Float32Array, right: Float32Array, found: Float32Array) {
  let worst = { error: -1, row: 0, found: 0, wanted: 0 };
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let [sum, l, r] = [0, 0, 0];
      for (let k = 0; k < INNER; k++) {
        const x = left[layout === 'tn' ? k * ROWS + row : row * INNER + k] as number;
        const y = right[layout === 'nt' ? column * INNER + k : k * COLUMNS + column] as number;
        sum += x * y;
        l += x * x;
        r += y * y;
      }
      const value = found[row * COLUMNS + column] as number;
      const error = Math.abs(value - sum) / Math.sqrt(l * r);
      // One that is no number is worse than any.
      if (!(error <= worst.error)) worst = { error, row, found: value, wanted: sum };
      if (Number.isNaN(error)) return worst;
    }
  }
  return worst;
}
