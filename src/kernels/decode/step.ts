/**
 * What a token step works on, kept on the GPU so that several steps run without the host.
 *
 * `rows`: vec4<u32> each. rows[0] = (rows, rows that draw, step, 0); rows[1 + i] = (sequence, id, position, slot).
 * Rows that draw come first. `info`: two vec4<u32> per sequence, (step, group, rollout, limit) and (first own
 * position, first entry in `pages`, first run, end of runs): key of the random stream, length at which the turn ends, and
 * which slots hold the keys: the runs of the prompt, then the sequence's own. `pages`: first slot of each page of
 * {@link PAGE_SLOTS} slots that a sequence owns, in order of position. `state`: vec4<u32> per sequence, (id,
 * position, active, 0): the next row, written by the draw.
 */
import type { Program } from '../program';
import { weightAt, weightBinding } from '../weights/format';
import { type WeightFormat } from '../../settings/choices';

/** Words of `rows`, `info` and `state` per entry. */
export const ROW_WORDS = 4;
export const INFO_WORDS = 8;
export const STATE_WORDS = 4;

/** Slots of a page of the key/value cache. */
export const PAGE_SLOTS = 16;

/** Slot of the `offset`-th token of a sequence's own, whose pages are listed from `base` on. */
export const OWN_SLOT = `
fn own_slot(base: u32, offset: u32) -> u32 { return pages[base + offset / ${PAGE_SLOTS}u] + offset % ${PAGE_SLOTS}u; }`;

/** Row of `id` in the table, scaled, to row `row` of x. */
const copy = (lanes: number) => `if (id < p.first || id >= p.first + p.count) { return; }
  for (var c = lane; c < p.width; c += ${lanes}u) { x[row * p.width + c] = p.scale * at_table(id - p.first, c, p.width); }`;

const UNIFORMS = [
  { name: 'width', type: 'u32' },
  { name: 'first', type: 'u32' },
  { name: 'count', type: 'u32' },
  { name: 'sequences', type: 'u32' },
  { name: 'scale', type: 'f32' },
] as const;

/** x [rows, width] = scaled embedding of the rows' ids, where they lie in this chunk of the table. One workgroup per row. */
export const embedRowsProgram = (weights: WeightFormat, lanes: number): Program => ({
  key: `decode-embed-${lanes}${weights === 'f32' ? '' : `-${weights}`}`,
  storage: [
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    weightBinding('table', weights),
    { name: 'x', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: UNIFORMS,
  workgroup: [lanes, 1, 1],
  body: `${weightAt('table', weights)}
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = wid.x;
  if (row >= rows[0].x) { return; }
  let id = rows[row + 1u].y;
  ${copy(lanes)}
}`,
});

/**
 * Makes the rows of the next step from what was drawn: active sequences close up, so idle ones cost nothing, and get
 * their embeddings. One workgroup per sequence. A table in several chunks takes several dispatches; the one with
 * `first` = 0 must come last, since it counts the step.
 */
export const advanceProgram = (weights: WeightFormat, lanes: number): Program => ({
  key: `decode-advance-${lanes}${weights === 'f32' ? '' : `-${weights}`}`,
  storage: [
    { name: 'state', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'info', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'pages', type: 'array<u32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'rw' },
    weightBinding('table', weights),
    { name: 'x', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: UNIFORMS,
  workgroup: [lanes, 1, 1],
  body: `${weightAt('table', weights)}
${OWN_SLOT}
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = wid.x;
  var row = 0u;
  for (var s = 0u; s < own; s++) { row += state[s].z; }
  let next = state[own];
  if (own + 1u == p.sequences && lane == 0u) {
    let all = row + next.z;
    rows[0] = vec4<u32>(all, all, rows[0].z + select(0u, 1u, p.first == 0u), 0u);
  }
  if (next.z == 0u) { return; }
  if (lane == 0u) {
    let place = info[2u * own + 1u];
    rows[row + 1u] = vec4<u32>(own, next.x, next.y, own_slot(place.y, next.y - place.x));
  }
  let id = next.x;
  ${copy(lanes)}
}`,
});
