/**
 * Draws one token per row of logits on the GPU by the Gumbel-max trick: argmax of logit/T + Gumbel noise over the
 * tokens that top-k, top-p and min-p keep. The noise is a counter-based function of (seed, step, group, rollout,
 * position, token), so a draw does not depend on the batch around it.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program, UniformField } from '../program';
import { PHILOX } from '../wgsl/philox';

/** Lanes that walk a vocabulary, and numbers that each loads before it uses the first: graphics cards wait for loads. */
interface Walk {
  readonly size: number;
  readonly ahead: number;
}
const NARROW: Walk = { size: 64, ahead: 1 };
const WIDE: Walk = { size: 256, ahead: 8 };
/** Tokens of a lane's innermost sum: long running sums lose digits, see `vocabulary-reduce`. */
const BLOCK = 64;

/** Widest spread of the Gumbel noise made from 24-bit uniforms; tokens further below the best never win. */
export const GUMBEL_SPREAD = 21;

/** Words per row of `rows`: step, group, rollout, position. */
export const SAMPLE_KEY_WORDS = 4;
/** Words per row of `out`: token id, log-prob at the temperature, log-prob after truncation, kept tokens. */
export const SAMPLE_OUT_WORDS = 4;

/** Reduces one number per invocation over the workgroup; every invocation gets the result. */
const reduce = (name: string, size: number, op: (a: string, b: string) => string) => `
fn ${name}(value: f32, lid: u32) -> f32 {
  shared_f[lid] = value;
  workgroupBarrier();
  for (var s = ${size / 2}u; s > 0u; s = s / 2u) {
    if (lid < s) { shared_f[lid] = ${op('shared_f[lid]', 'shared_f[lid + s]')}; }
    workgroupBarrier();
  }
  // Tells the compiler that all get the same, so that loops over this result may hold barriers.
  return workgroupUniformLoad(&shared_f[0]);
}`;

const UNIFORMS: readonly UniformField[] = [
  { name: 'vocabulary', type: 'u32' },
  { name: 'count', type: 'u32' },
  { name: 'greedy', type: 'u32' },
  { name: 'invTemperature', type: 'f32' },
  { name: 'topK', type: 'u32' },
  { name: 'topP', type: 'f32' },
  { name: 'minP', type: 'f32' },
  { name: 'seed', type: 'u32' },
  { name: 'stream', type: 'u32' },
];

/** For each v of a lane's up to `end`: `z`, the logit over the temperature, goes into a statement; in the same order for all walks. */
const walk = (
  { size, ahead }: Walk,
  first: string,
  end: string,
  statement: (z: string) => string,
): string => {
  const load = (v: string) => `logits[at + ${v}] * p.invTemperature`;
  const several = Array.from({ length: ahead }, (_, a) => a);
  const long = `for (; v + ${(ahead - 1) * size}u < ${end}; v += ${ahead * size}u) {
        ${several.map((a) => `let z${a} = ${load(`v + ${a * size}u`)};`).join(' ')}
        ${several.map((a) => statement(`z${a}`)).join(' ')}
      }`;
  return `var v = ${first};
      ${ahead > 1 ? long : ''}
      for (; v < ${end}; v += ${size}u) { let z = ${load('v')}; ${statement('z')} }`;
};

/**
 * @param prologue returns when there is no such row, and declares `key`: step, group, rollout, position.
 * @param epilogue runs once per row with `chosen` and `result`.
 */
const drawBody = (how: Walk, prologue: string, epilogue: string) => `
var<workgroup> shared_f: array<f32, ${how.size}>;
var<workgroup> shared_u: array<u32, ${how.size}>;
${PHILOX}
${reduce('reduce_max', how.size, (a, b) => `max(${a}, ${b})`)}
${reduce('reduce_sum', how.size, (a, b) => `${a} + ${b}`)}

// Order-preserving map from floats to unsigned integers, for bisection on exact bit patterns.
fn sortable(x: f32) -> u32 {
  let b = bitcast<u32>(x);
  return select(b | 0x80000000u, ~b, (b & 0x80000000u) != 0u);
}

/** Σ over tokens with sortable(z) >= bound of 1 (by count) or exp(z - top) (by mass). */
fn weigh(at: u32, bound: u32, top: f32, byMass: bool, lid: u32) -> f32 {
  var sum = 0.0;
  for (var begin = lid; begin < p.vocabulary; begin += ${how.size * BLOCK}u) {
    var part = 0.0;
    let end = min(begin + ${how.size * BLOCK}u, p.vocabulary);
    ${walk(
      how,
      'begin',
      'end',
      (z) => `if (sortable(${z}) >= bound) { part += select(1.0, exp(${z} - top), byMass); }`,
    )}
    sum += part;
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

@compute @workgroup_size(${how.size}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let row = wid.y * groups.x + wid.x;
  ${prologue}
  let at = row * p.vocabulary;
  var best = -3.0e38;
  {
    ${walk(how, 'lid', 'p.vocabulary', (z) => `best = max(best, ${z});`)}
  }
  let top = reduce_max(best, lid);
  let mass = weigh(at, 0u, top, true, lid);
  var bound = 0u;
  if (p.greedy == 0u) {
    if (p.minP > 0.0) { bound = max(bound, sortable(top + log(p.minP))); }
    if (p.topK > 0u && p.topK < p.vocabulary) { bound = max(bound, bisect(at, top, false, f32(p.topK), lid)); }
    if (p.topP < 1.0) { bound = max(bound, bisect(at, top, true, p.topP * mass, lid)); }
  }
  bound = min(bound, sortable(top));
  var score = -3.0e38;
  var token = 0u;
  for (var v = 4u * lid; v < p.vocabulary; v += ${4 * how.size}u) {
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
  for (var i = 0u; i < ${how.size}u; i++) { chosen = min(chosen, shared_u[i]); }
  // Logits that are no numbers choose nothing; the log-prob, no number either, tells.
  chosen = min(chosen, p.vocabulary - 1u);
  var kept = mass;
  var keptCount = f32(p.vocabulary);
  if (bound > 0u) {
    kept = weigh(at, bound, top, true, lid);
    keptCount = weigh(at, bound, top, false, lid);
  }
  if (lid == 0u) {
    let z = logits[at + chosen] * p.invTemperature - top;
    let result = vec4<f32>(f32(chosen), z - log(mass), z - log(kept), keptCount);
    ${epilogue}
  }
}`;

const program: Program = {
  key: 'sample',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'o', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: UNIFORMS,
  workgroup: [NARROW.size, 1, 1],
  body: drawBody(NARROW, 'if (row >= p.count) { return; }\n  let key = rows[row];', 'o[row] = result;'),
};

/**
 * The draw of a token step (`decode/step.ts` describes rows, info and state): the token becomes the sequence's next
 * row, unless it is a stop token or fills the turn. Results go to `o`[step · sequences + sequence].
 *
 * @param wide for graphics cards
 */
export const drawStepProgram = (wide: boolean): Program => ({
  key: wide ? 'sample-step-wide' : 'sample-step',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'info', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'stops', type: 'array<u32>', access: 'r' },
    { name: 'state', type: 'array<vec4<u32>>', access: 'rw' },
    { name: 'o', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: [...UNIFORMS, { name: 'stopCount', type: 'u32' }],
  workgroup: [(wide ? WIDE : NARROW).size, 1, 1],
  body: drawBody(
    wide ? WIDE : NARROW,
    `if (row >= rows[0].y) { return; }
  let token_row = rows[row + 1u];
  let own = info[2u * token_row.x];
  // Tokens of the sequence so far.
  let length = token_row.z + 1u;
  let key = vec4<u32>(own.xyz, length);`,
    `o[rows[0].z * p.count + token_row.x] = result;
    var goes_on = select(0u, 1u, length + 1u < own.w);
    for (var i = 0u; i < p.stopCount; i++) { if (stops[i] == chosen) { goes_on = 0u; } }
    state[token_row.x] = vec4<u32>(chosen, length, goes_on, 0u);`,
  ),
});

/** What narrows the distribution before a draw, and what makes the draw reproducible. */
export interface DrawParams {
  /** 0 draws the most likely token; log-probs are then those of temperature 1. */
  readonly temperature: number;
  /** Keep the k most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Nucleus mass in (0, 1]; 1 keeps all. */
  readonly topP: number;
  /** Keep tokens with p >= minP * max p; 0 keeps all. */
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
  gpu.run(
    program,
    [args.logits, args.rows, args.out],
    drawUniforms(vocabulary, count, params),
    gpu.grid(count, 1),
  );
}

/** Values of the uniforms that both draws have. */
function drawUniforms(vocabulary: number, count: number, params: DrawParams): number[] {
  const greedy = params.temperature === 0;
  return [
    vocabulary,
    count,
    greedy ? 1 : 0,
    greedy ? 1 : 1 / params.temperature,
    params.topK,
    params.topP,
    params.minP,
    params.seed,
    params.stream,
  ];
}

/** Uniforms of {@link drawStepProgram}, with `sequences` entries per step in its output. */
export function drawStepUniforms(
  vocabulary: number,
  sequences: number,
  params: DrawParams,
  stopCount: number,
): number[] {
  return [...drawUniforms(vocabulary, sequences, params), stopCount];
}
