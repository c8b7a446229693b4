/**
 * Draws one token per row of logits on the GPU by the Gumbel-max trick: argmax of logit/T + Gumbel noise over the
 * tokens that top-k, top-p and min-p keep. The noise is a counter-based function of (seed, step, group, rollout,
 * position, token), so a draw does not depend on the batch around it.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { PHILOX } from '../wgsl/philox';

const SIZE = 64;

/** Widest spread of the Gumbel noise made from 24-bit uniforms; tokens further below the best never win. */
export const GUMBEL_SPREAD = 21;

/** Words per row of `rows`: step, group, rollout, position. */
export const SAMPLE_KEY_WORDS = 4;
/** Words per row of `out`: token id, log-prob at the temperature, log-prob after truncation, kept tokens. */
export const SAMPLE_OUT_WORDS = 4;

/** Reduces one number per invocation over the workgroup; every invocation gets the result. */
const reduce = (name: string, op: (a: string, b: string) => string) => `
fn ${name}(value: f32, lid: u32) -> f32 {
  shared_f[lid] = value;
  workgroupBarrier();
  for (var s = ${SIZE / 2}u; s > 0u; s = s / 2u) {
    if (lid < s) { shared_f[lid] = ${op('shared_f[lid]', 'shared_f[lid + s]')}; }
    workgroupBarrier();
  }
  // Tells the compiler that all get the same, so that loops over this result may hold barriers.
  return workgroupUniformLoad(&shared_f[0]);
}`;

const program: Program = {
  key: 'sample',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'o', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: [
    { name: 'vocabulary', type: 'u32' },
    { name: 'count', type: 'u32' },
    { name: 'greedy', type: 'u32' },
    { name: 'invTemperature', type: 'f32' },
    { name: 'topK', type: 'u32' },
    { name: 'topP', type: 'f32' },
    { name: 'minP', type: 'f32' },
    { name: 'seed', type: 'u32' },
    { name: 'stream', type: 'u32' },
  ],
  workgroup: [SIZE, 1, 1],
  body: `
var<workgroup> shared_f: array<f32, ${SIZE}>;
var<workgroup> shared_u: array<u32, ${SIZE}>;
${PHILOX}
${reduce('reduce_max', (a, b) => `max(${a}, ${b})`)}
${reduce('reduce_sum', (a, b) => `${a} + ${b}`)}

// Order-preserving map from floats to unsigned integers, for bisection on exact bit patterns.
fn sortable(x: f32) -> u32 {
  let b = bitcast<u32>(x);
  return select(b | 0x80000000u, ~b, (b & 0x80000000u) != 0u);
}

/** Σ over tokens with sortable(z) >= bound of 1 (by count) or exp(z - top) (by mass). */
fn weigh(at: u32, bound: u32, top: f32, byMass: bool, lid: u32) -> f32 {
  var sum = 0.0;
  for (var v = lid; v < p.vocabulary; v += ${SIZE}u) {
    let z = logits[at + v] * p.invTemperature;
    if (sortable(z) >= bound) { sum += select(1.0, exp(z - top), byMass); }
  }
  return reduce_sum(sum, lid);
}

/** Largest bound whose tokens weigh at least 'enough'. */
fn bisect(at: u32, top: f32, byMass: bool, enough: f32, lid: u32) -> u32 {
  var low = 0u;
  var high = sortable(top);
  for (var i = 0; i < 32 && low < high; i++) {
    let middle = low + (high - low + 1u) / 2u;
    if (weigh(at, middle, top, byMass, lid) >= enough) { low = middle; } else { high = middle - 1u; }
  }
  return low;
}

/**
 * -log(E) for exponential E = -log(1 - w), w uniform. Floats are fine near 0 and coarse near 1, so large noise comes
 * from small w; there log(1 - w) would lose digits, and the series does not.
 */
fn gumbel(bits: vec4<u32>) -> vec4<f32> {
  let w = min((vec4<f32>(bits >> vec4<u32>(8u)) + 0.5) / 16777216.0, vec4<f32>(0.99999994));
  let series = w * (1.0 + w * (0.5 + w * 0.33333333));
  return -log(select(-log(1.0 - w), series, w < vec4<f32>(0.015625)));
}

@compute @workgroup_size(${SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let row = wid.y * groups.x + wid.x;
  if (row >= p.count) { return; }
  let at = row * p.vocabulary;
  var best = -3.0e38;
  for (var v = lid; v < p.vocabulary; v += ${SIZE}u) { best = max(best, logits[at + v] * p.invTemperature); }
  let top = reduce_max(best, lid);
  let mass = weigh(at, 0u, top, true, lid);
  var bound = 0u;
  if (p.greedy == 0u) {
    if (p.minP > 0.0) { bound = max(bound, sortable(top + log(p.minP))); }
    if (p.topK > 0u && p.topK < p.vocabulary) { bound = max(bound, bisect(at, top, false, f32(p.topK), lid)); }
    if (p.topP < 1.0) { bound = max(bound, bisect(at, top, true, p.topP * mass, lid)); }
  }
  bound = min(bound, sortable(top));
  let key = rows[row];
  var score = -3.0e38;
  var token = 0u;
  for (var v = 4u * lid; v < p.vocabulary; v += ${4 * SIZE}u) {
    var near = false;
    for (var t = 0u; t < 4u; t++) {
      let z = logits[at + min(v + t, p.vocabulary - 1u)] * p.invTemperature;
      near = near || (sortable(z) >= bound && z >= top - ${GUMBEL_SPREAD}.0);
    }
    if (!near) { continue; }
    var noise = vec4<f32>(0.0);
    if (p.greedy == 0u) {
      let bits = philox4x32(vec4<u32>(v / 4u, key.w, key.y * 65536u + key.z, key.x), vec2<u32>(p.seed, p.stream));
      noise = gumbel(bits);
    }
    for (var t = 0u; t < 4u; t++) {
      if (v + t >= p.vocabulary) { break; }
      let z = logits[at + v + t] * p.invTemperature;
      if (sortable(z) >= bound && z + noise[t] > score) { score = z + noise[t]; token = v + t; }
    }
  }
  let winner = reduce_max(score, lid);
  // Equal scores go to the smallest id.
  shared_u[lid] = select(0xffffffffu, token, score == winner);
  workgroupBarrier();
  var chosen = 0xffffffffu;
  for (var i = 0u; i < ${SIZE}u; i++) { chosen = min(chosen, shared_u[i]); }
  let kept = weigh(at, bound, top, true, lid);
  let keptCount = weigh(at, bound, top, false, lid);
  if (lid == 0u) {
    let z = logits[at + chosen] * p.invTemperature - top;
    o[row] = vec4<f32>(f32(chosen), z - log(mass), z - log(kept), keptCount);
  }
}`,
};

export interface DrawParams {
  /** 0 draws the most likely token; log-probs are then those of temperature 1. */
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
  /** Separates this use of the generator from others with the same seed. */
  readonly stream: number;
}

/**
 * @param args.logits [count, vocabulary], before the temperature.
 * @param args.rows per row {@link SAMPLE_KEY_WORDS} u32: step, group, rollout, position.
 * @param args.out per row {@link SAMPLE_OUT_WORDS} f32. Ids are exact up to 2^24.
 */
export function drawTokens(
  gpu: Gpu,
  args: { logits: Slice; rows: Slice; out: Slice },
  count: number,
  vocabulary: number,
  params: DrawParams,
): void {
  const greedy = params.temperature === 0;
  gpu.run(
    program,
    [args.logits, args.rows, args.out],
    [
      vocabulary,
      count,
      greedy ? 1 : 0,
      greedy ? 1 : 1 / params.temperature,
      params.topK,
      params.topP,
      params.minP,
      params.seed,
      params.stream,
    ],
    gpu.grid(count, 1),
  );
}
