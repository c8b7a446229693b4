/** The loss of rows and its derivatives by log-prob and entropy: an objective's own term, k3 KL and an entropy bonus. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';

/** Stands for NaN in `LossRows.old`: WGSL may assume that NaN does not occur. */
export const OLD_IS_CURRENT = 1;

/**
 * Exponents above it go on as the tangent: exp(x) becomes e²⁰·(1 + x − 20), with slope e²⁰. An old log-prob far below
 * the current one would overflow otherwise, and ∞·0 is NaN where the other sign has no weight. Same bits below it.
 */
export const MAX_EXPONENT = 20;

/** What an objective asks of one row, in float64. */
export interface TermValue {
  readonly value: number;
  /** ∂ value / ∂ log-ratio, the log-prob elsewhere held. */
  readonly byLogRatio: number;
  /** ∂ value / ∂ log-prob where it stands outside of the ratio. */
  readonly byLogprob: number;
}

/** The part of a row's loss that an objective decides. */
export interface RowTerm {
  /** Unique per WGSL text: it is part of the program's key. */
  readonly name: string;
  /** f32 numbers that the text reads as `p.<name>`. */
  readonly uniforms: Readonly<Record<string, number>>;
  /**
   * Statements that set `value` and its derivative `d` by `lp`, both f32 and 0 before. They may read `lp` (log-prob),
   * `logRatio` (lp less old), `ratio` and `ratioSlope` (exp of logRatio and its derivative, see `MAX_EXPONENT`),
   * `pos` and `neg`.
   */
  readonly wgsl: string;
  /** The same on the CPU. Linear in (pos, neg). */
  readonly at: (logRatio: number, logprob: number, pos: number, neg: number) => TermValue;
}

export interface RowLossConfig {
  readonly term: RowTerm;
  readonly beta: number;
  readonly entropyCoef: number;
}

const programs = new Map<string, Program>();

function lossProgram(term: RowTerm): Program {
  const found = programs.get(term.name);
  if (found !== undefined) return found;
  const program: Program = {
    key: `row-loss-${term.name}`,
    storage: [
      { name: 'logp', type: 'array<f32>', access: 'r' },
      { name: 'reference', type: 'array<f32>', access: 'r' },
      { name: 'rows', type: 'array<vec4<f32>>', access: 'r' },
      { name: 'entropy', type: 'array<f32>', access: 'r' },
      { name: 'dlogp', type: 'array<f32>', access: 'rw' },
      { name: 'dentropy', type: 'array<f32>', access: 'rw' },
      { name: 'loss', type: 'array<f32>', access: 'rw' },
    ],
    uniforms: [
      { name: 'count', type: 'u32' },
      { name: 'beta', type: 'f32' },
      { name: 'entropyCoef', type: 'f32' },
      ...Object.keys(term.uniforms).map((name) => ({ name, type: 'f32' }) as const),
    ],
    workgroup: [ELEMENTWISE_SIZE, 1, 1],
    body: elementwise(
      ELEMENTWISE_SIZE,
      `let row = rows[i]; // old, pos, neg, weight
  let lp = logp[i];
  // An old log-prob above zero cannot be: it marks "the policy as it is now".
  let old = select(row.x, lp, row.x > 0.5);
  let logRatio = lp - old;
  let ratioSlope = exp(min(logRatio, ${MAX_EXPONENT}.0));
  var ratio = ratioSlope;
  if (logRatio > ${MAX_EXPONENT}.0) { ratio += ratioSlope * (logRatio - ${MAX_EXPONENT}.0); }
  let pos = row.y;
  let neg = row.z;
  var value = 0.0;
  var d = 0.0;
  ${term.wgsl}
  if (p.beta > 0.0) {
    let gap = reference[i] - lp;
    let e = exp(min(gap, ${MAX_EXPONENT}.0));
    value += p.beta * row.w * (e - gap - 1.0);
    if (gap > ${MAX_EXPONENT}.0) { value += p.beta * row.w * e * (gap - ${MAX_EXPONENT}.0); }
    d += p.beta * row.w * (1.0 - e);
  }
  value -= p.entropyCoef * row.w * entropy[i];
  dentropy[i] = -p.entropyCoef * row.w;
  dlogp[i] = d;
  loss[i] = value;`,
    ),
  };
  programs.set(term.name, program);
  return program;
}

/** @param args.rows vec4 per row: old (or {@link OLD_IS_CURRENT}), pos, neg, weight. */
export function rowLoss(
  gpu: Gpu,
  args: {
    logp: Slice;
    reference: Slice;
    rows: Slice;
    entropy: Slice;
    dlogp: Slice;
    dentropy: Slice;
    loss: Slice;
  },
  count: number,
  { term, beta, entropyCoef }: RowLossConfig,
): void {
  gpu.run(
    lossProgram(term),
    [args.logp, args.reference, args.rows, args.entropy, args.dlogp, args.dentropy, args.loss],
    [count, beta, entropyCoef, ...Object.values(term.uniforms)],
    gpu.grid(count, ELEMENTWISE_SIZE),
  );
}
