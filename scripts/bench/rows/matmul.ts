/** Matrix products at the shapes of small models: ours as a linear layer, the peers in the layout that suits them. */
import { matmul } from '../../../src/kernels/matmul/matmul';
import { Random } from '../../../src/random/philox';
import {
  MATMUL_PEERS,
  MATMUL_SHAPES,
  matmulId,
  shapeName,
  type MatmulPeer,
  type MatmulShape,
} from '../catalog';
import { roofline } from '../ceilings';
import { compare, together } from '../check';
import { interleave, timed, timeRow } from '../measure';
import { costsOf, median } from '../statistics';
import { gpuIdle, type Session } from '../session';
import type { Check, Contestant } from '../types';

/** A product that someone computes over and over, and its result. */
export interface MatmulContestant extends Contestant {
  /** Row-major [m, n]. */
  result(): Promise<Float32Array>;
}

export interface MatmulProblem extends MatmulShape {
  /** [m, k] */
  readonly input: Float32Array;
  /** [n, k], as a linear layer keeps it. */
  readonly weight: Float32Array;
  /** [k, n]: the same weight the other way. */
  readonly transposed: Float32Array;
  /** Products per run. */
  readonly repeats: number;
}

type Maker = (session: Session, problem: MatmulProblem) => Promise<MatmulContestant>;
const MAKERS: Readonly<Record<MatmulPeer, () => Promise<Maker>>> = {
  tfjs: async () => (await import('../peers/tfjs/matmul')).tfjsMatmul,
  'jax-js': async () => (await import('../peers/jax/matmul')).jaxMatmul,
  ort: async () => (await import('../peers/ort/matmul')).ortMatmul,
};

/** Work of one measured run on software devices and on real ones, in operations. */
const RUN_FLOPS = { software: 3e8, hardware: 2e10 } as const;
const ROUNDS = 7;
const LARGE_ROUNDS = 3;

export async function matmulRows(
  session: Session,
  allowed: readonly MatmulPeer[] = MATMUL_PEERS,
): Promise<void> {
  for (const shape of MATMUL_SHAPES) {
    const peers = allowed.filter((peer) => session.wanted(matmulId(shape, peer)));
    if (peers.length > 0) await oneShape(session, shape, peers);
  }
}

async function oneShape(session: Session, shape: MatmulShape, peers: readonly MatmulPeer[]): Promise<void> {
  const flops = 2 * shape.m * shape.k * shape.n;
  const bytes = 4 * (shape.m * shape.k + shape.k * shape.n + shape.m * shape.n);
  const budget = RUN_FLOPS[session.software ? 'software' : 'hardware'];
  const problem = makeProblem(shape, Math.max(1, Math.round(budget / flops)));
  const contestants: MatmulContestant[] = [ours(session, problem)];
  for (const peer of peers) contestants.push(await (await MAKERS[peer]())(session, problem));
  const ceilings = await session.ceilings();
  const large = session.software && flops > 1e9;
  const costs = await interleave(contestants, large ? LARGE_ROUNDS : ROUNDS, 2);
  const checks = new Map<string, Check>();
  for (const contestant of contestants) checks.set(contestant.name, await checkResult(problem, contestant));
  for (const peer of peers) {
    const row = timeRow(costs, session.basis, {
      id: matmulId(shape, peer),
      what: `x[${shape.m}, ${shape.k}] · Wᵀ[${shape.k}, ${shape.n}], f32`,
      ours: 'ours',
      peer,
      repeats: problem.repeats,
      check: together(checks.get('ours') as Check, checks.get(peer) as Check),
    });
    session.emit({ ...row, roofline: roofline(ceilings, { flops, bytes }, row.ours) });
  }
  const own = costs.get('ours') ?? [];
  const { basis } = session;
  const each = median(costsOf(own, basis)) / problem.repeats;
  session.log(`${shapeName(shape)}: ${each.toFixed(1)} ${basis === 'cpu' ? 'CPU ms' : 'ms'}`);
  for (const contestant of contestants) await contestant.dispose?.();
}

function makeProblem(shape: MatmulShape, repeats: number): MatmulProblem {
  const { m, k, n } = shape;
  const random = new Random(1, 'bench-matmul');
  // A short period is as good as endless randomness here, and much quicker to draw.
  const period = Float32Array.from({ length: 9973 }, () => random.normal());
  const draw = (count: number, shift: number) =>
    Float32Array.from({ length: count }, (_, i) => period[(i + shift) % period.length] as number);
  const input = draw(m * k, 0);
  const weight = draw(n * k, 17);
  const transposed = new Float32Array(k * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < k; i++) transposed[i * n + j] = weight[j * k + i] as number;
  return { ...shape, input, weight, transposed, repeats };
}

/** Some elements against sums in float64. */
async function checkResult(problem: MatmulProblem, contestant: MatmulContestant): Promise<Check> {
  const { m, k, n, input, weight } = problem;
  const result = await contestant.result();
  if (result.length !== m * n) return { ok: false, what: `${contestant.name}: ${result.length} elements` };
  const cells = Array.from({ length: 64 }, (_, i) => [(i * 37) % m, (i * 7919) % n] as const);
  const expected = cells.map(([row, column]) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += (input[row * k + i] as number) * (weight[column * k + i] as number);
    return sum;
  });
  const got = cells.map(([row, column]) => result[row * n + column] as number);
  return compare(contestant.name, got, expected, 1e-5);
}

function ours(session: Session, problem: MatmulProblem): MatmulContestant {
  const { gpu } = session.opened;
  const { m, k, n, repeats } = problem;
  const a = gpu.upload(problem.input, 'input');
  const b = gpu.holdData(problem.weight, 'weight');
  const out = gpu.alloc(m * n, 'output');
  const modules = [{ width: n, height: m, inner: k }];
  return {
    name: 'ours',
    run: () =>
      timed(async () => {
        for (let i = 0; i < repeats; i++)
          matmul(gpu, { layout: 'nt', a, b, out, modules, lda: k, ldb: k, ldo: n });
        await gpuIdle(session);
      }),
    result: () => gpu.read(out, m * n),
    dispose: () => gpu.free(a, b, out),
  };
}
