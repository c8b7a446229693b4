/**
 * Attention of a token step on graphics cards: one workgroup per (row, head) walks the keys in tiles by position.
 *
 * In a tile {@link KEY_LANES} neighbouring lanes load a key together and leave their parts of its score in workgroup
 * memory; a lane for each key joins them. Then each lane has one element of the output and the keys of one part of the
 * tile, those at positions p, p + parts, …, whose values neighbouring lanes load together, with an online softmax
 * (Milakov & Gimelshein 2018) of its own. At the end the parts are joined in a fixed order. Everything goes by
 * position, so sums do not depend on where keys lie or on what is computed beside.
 *
 * Values are loaded before the scores are known, and the slots of the next tile while this one is summed: what such a
 * step costs is the latency of its loads.
 */
import type { Program } from '../program';
import type { CacheType } from '../../settings/choices';
import { attentionBindings, attentionUniforms, firstSeen } from './attention';
import { cacheSuffix, halves, headElements } from './cache-type';
import { OWN_SLOT } from './step';
import { HeadVector } from '../wgsl/head-vector';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const LANES = 256;
/** Lanes that load a key together. */
const KEY_LANES = 8;
/** Keys that are loaded at once. */
const KEYS = LANES / KEY_LANES;
/** Words from one key's part scores to the next one's: lanes that read one key each meet in few banks of memory. */
const STRIDE = KEY_LANES + 1;
/** Values of a tile that a lane keeps in registers. */
const MOST_VALUES = 16;
const MOST_PARTS = 16;
const MOST_KEYS = 128;

/** How lanes share a tile, from the elements of the cache that a head takes. */
function shapeOf(elements: number) {
  const parts = Math.min(MOST_PARTS, Math.floor(LANES / elements));
  const keys = Math.min(MOST_KEYS, Math.floor((MOST_VALUES * parts) / KEYS) * KEYS);
  return { parts, keys };
}

/** Whether {@link cooperativeAttentionProgram} takes heads of this size; `attention.ts` takes all. */
export const takesHead = (headDim: number, cache: CacheType): boolean =>
  shapeOf(headElements(cache, new HeadVector(headDim))).keys > 0;

/** Bindings, uniforms and grid are those of `decodeAttentionProgram`. */
export function cooperativeAttentionProgram(headDim: number, windowed: boolean, cache: CacheType): Program {
  const v = new HeadVector(headDim);
  const elements = headElements(cache, v);
  const { parts, keys } = shapeOf(elements);
  // An element of an f16 cache is two parts of a vector, half a head apart.
  const pieces = cache === 'f16' ? 2 : 1;
  /** Numbers of an element, as `pieces` values. */
  const unpacked = (word: string) =>
    cache === 'f16' ? [`low_halves(${word})`, `high_halves(${word})`] : [word];
  const product = (a: string, b: string) => (v.vec4 ? `dot(${a}, ${b})` : `${a} * ${b}`);
  /** Elements of a key that a lane loads; beyond the end the last one counts again, as nothing. */
  const mine = range(Math.ceil(elements / KEY_LANES));
  const isEven = elements % KEY_LANES === 0;
  const batches = range(keys / KEYS);
  const values = range(Math.ceil(keys / parts));
  /** Keys of the last values may lie beyond the tile. */
  const keyOf = (i: number) =>
    (i + 1) * parts <= keys ? `part + ${i * parts}u` : `min(part + ${i * parts}u, ${keys - 1}u)`;
  const counts = (i: number) =>
    `part + ${i * parts}u < ${(i + 1) * parts <= keys ? 'count' : `min(count, ${keys}u)`}`;
  return {
    key: `decode-attention-cooperative-${headDim}${windowed ? '-window' : ''}${cacheSuffix(cache)}`,
    storage: attentionBindings(v, cache),
    uniforms: attentionUniforms(windowed),
    workgroup: [LANES, 1, 1],
    body: `
${OWN_SLOT}
${halves(cache)}
var<workgroup> slots: array<u32, ${keys}>;
var<workgroup> products: array<f32, ${keys * STRIDE}>;
var<workgroup> scores: array<f32, ${keys}>;
var<workgroup> tops: array<f32, ${parts}>;
var<workgroup> totals: array<f32, ${parts}>;
var<workgroup> sums: array<${v.part}, ${parts * elements * pieces}>;

/** Where a key lies, for positions that rise from call to call: the run it is in, and that run's first position. */
struct Place { run: u32, first: u32 }
fn slot_of(at: u32, place: vec4<u32>, walk: ptr<function, Place>) -> u32 {
  while ((*walk).run < place.w) {
    let run = runs[(*walk).run];
    let offset = at - (*walk).first;
    if (offset < run.y - run.x) { return run.x + offset; }
    (*walk).first += run.y - run.x;
    (*walk).run += 1u;
  }
  return own_slot(place.y, at - place.x);
}

@compute @workgroup_size(${LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let row = wid.y;
  let head = wid.x;
  if (row >= rows[0].x) { return; }
  let token = rows[row + 1u];
  let last = token.z;
  let place = info[2u * token.x + 1u];
  let h = head / (p.heads / p.kv);
  let stride = 2u * p.kv * ${elements}u;
  let key0 = h * ${elements}u;
  let value0 = (p.kv + h) * ${elements}u;
  let self_at = (row * p.heads + head) * ${v.parts}u;
  // As a part of a key.
  let key_lane = lid % ${KEY_LANES}u;
  let key = lid / ${KEY_LANES}u;
  ${mine
    .map((m) => {
      const at = `key_lane + ${m * KEY_LANES}u`;
      const cut = isEven ? '' : `min(${at}, ${elements - 1}u)`;
      return [
        `let e${m} = ${cut === '' ? at : cut};`,
        ...range(pieces).map((c) => {
          const load = `q[self_at + e${m} + ${c * elements}u] * p.scale`;
          return `let q${m}_${c} = ${isEven ? load : `select(${v.zero}, ${load}, ${at} < ${elements}u)`};`;
        }),
      ].join(' ');
    })
    .join('\n  ')}
  // As an element of the output, and a part of the tile; lanes that are left over do as the last part does.
  let element = lid % ${elements}u;
  let part = min(lid / ${elements}u, ${parts - 1}u);
  ${range(pieces)
    .map((c) => `var o${c} = ${v.zero};`)
    .join(' ')}
  var top = -3.0e38;
  var sum = 0.0;
  let start = ${windowed ? firstSeen('last') : '0u'};
  var walk = Place(place.z, 0u);
  if (lid < ${keys}u) { slots[lid] = slot_of(min(start + lid, last), place, &walk); }
  workgroupBarrier();
  for (var tile = start; tile <= last; tile += ${keys}u) {
    // Keys of this tile.
    let count = last + 1u - tile;
    ${batches
      .map((b) =>
        [
          `let at${b} = slots[key + ${b * KEYS}u] * stride + key0;`,
          ...mine.map((m) => `let k${b}_${m} = cache[at${b} + e${m}];`),
        ].join(' '),
      )
      .join('\n    ')}
    ${values.map((i) => `let v${i} = cache[slots[${keyOf(i)}] * stride + value0 + element];`).join('\n    ')}
    ${batches
      .map((b) => {
        const terms = mine.flatMap((m) =>
          unpacked(`k${b}_${m}`).map((number, c) => product(`q${m}_${c}`, number)),
        );
        return `products[(key + ${b * KEYS}u) * ${STRIDE}u + key_lane] = ${terms.join(' + ')};`;
      })
      .join('\n    ')}
    workgroupBarrier();
    if (lid < ${keys}u) {
      let at = lid * ${STRIDE}u;
      scores[lid] = ${range(KEY_LANES)
        .map((l) => `products[at + ${l}u]`)
        .join(' + ')};
      slots[lid] = slot_of(min(tile + ${keys}u + lid, last), place, &walk);
    }
    workgroupBarrier();
    ${values.map((i) => `let s${i} = select(-3.0e38, scores[${keyOf(i)}], ${counts(i)});`).join('\n    ')}
    var next = top;
    ${values.map((i) => `next = max(next, s${i});`).join(' ')}
    let fade = exp(top - next);
    top = next;
    sum *= fade;
    ${range(pieces)
      .map((c) => `o${c} *= fade;`)
      .join(' ')}
    ${values
      .map((i) =>
        [
          `let f${i} = select(0.0, exp(s${i} - next), ${counts(i)}); sum += f${i};`,
          ...unpacked(`v${i}`).map((number, c) => `o${c} = fma(${splat(v, `f${i}`)}, ${number}, o${c});`),
        ].join(' '),
      )
      .join('\n    ')}
  }
  if (lid < ${parts * elements}u) {
    if (element == 0u) { tops[part] = top; totals[part] = sum; }
    ${range(pieces)
      .map((c) => `sums[part * ${elements * pieces}u + element + ${c * elements}u] = o${c};`)
      .join(' ')}
  }
  workgroupBarrier();
  if (lid >= ${elements * pieces}u) { return; }
  var best = tops[0];
  for (var j = 1u; j < ${parts}u; j++) { best = max(best, tops[j]); }
  var whole = 0.0;
  var result = ${v.zero};
  for (var j = 0u; j < ${parts}u; j++) {
    let share = exp(tops[j] - best);
    whole = fma(share, totals[j], whole);
    result = fma(${splat(v, 'share')}, sums[j * ${elements * pieces}u + lid], result);
  }
  o[self_at + lid] = result / whole;
}`,
  };
}

/** A number as a part of a vector. */
const splat = (v: HeadVector, number: string) => (v.vec4 ? `vec4<f32>(${number})` : number);
