/**
 * Matmul whose inner index is split: workgroups take parts of it and leave their sums in a scratch buffer, which a second
 * pass joins in the order of the parts. For graphics cards, where a product with a small output and a long inner index is
 * otherwise left to a handful of workgroups. The parts follow from the shape alone, so sums repeat to the bit.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program, UniformField } from '../program';
import {
  keyOf,
  LONGEST_CHAIN,
  LETTERS,
  loadsAcross,
  type MatmulTask,
  moduleFields,
  range,
  UNIFORMS,
} from './interface';
import { ELEMENTWISE_SIZE, linearIndex } from '../wgsl/common';
import { type PartOfInner, workgroupExtent, workgroupProgram, type WorkgroupTile } from './workgroup';

export interface SplitTile {
  readonly kind: 'split';
  readonly tile: WorkgroupTile;
  /** Workgroups that share the inner index, and the terms of each (of the last, what remains). */
  readonly parts: number;
  readonly terms: number;
}

/** The largest module of a product. */
export interface ProductShape {
  readonly height: number;
  readonly width: number;
  readonly inner: number;
  /** Modules; 1 by default. */
  readonly modules?: number;
}

/** Rows of a product that is split: a few ranks. */
const MOST_ROWS = 48;
/** Shorter ones are not worth a second pass. */
const LEAST_INNER = 256;
/** A part is to be long against what it costs to join it. */
const LEAST_TERMS = 128;
/** The second pass walks the parts one by one. */
const MOST_PARTS = 32;
/** Most sums of parts, in elements (16 MiB). */
const MOST_SUMS = 4 * 1024 * 1024;
/** A long nn of at most as many cells leaves most of a card idle. */
const MOST_CELLS = 512 * 1024;

const LOW: WorkgroupTile = { kind: 'workgroup', threads: [16, 4], rows: 4, cols: 4, depth: 32, ahead: true };
const SQUARE: WorkgroupTile = {
  kind: 'workgroup',
  threads: [8, 8],
  rows: 4,
  cols: 4,
  depth: 16,
  ahead: true,
};

/** How a product is split; null where it is not. */
export function splitOf(task: MatmulTask, shape: ProductShape): SplitTile | null {
  const { layout, transposed, vec4 } = task;
  const { height, width, inner, modules = 1 } = shape;
  const fitting = Math.floor(MOST_SUMS / (modules * height * width));
  if (!vec4 || inner < LEAST_INNER || fitting < 2) return null;
  // Few rows that are not transposed are those of sampling, whose sums are to be those of training.
  if (height <= MOST_ROWS && (transposed || loadsAcross(layout))) {
    return splitInto(LOW, inner, Math.min(MOST_PARTS, fitting, Math.ceil(inner / LEAST_TERMS)));
  }
  const chains = Math.ceil(inner / LONGEST_CHAIN);
  if (layout === 'nn' && !transposed && chains > 1 && chains <= fitting && height * width <= MOST_CELLS) {
    const parts = Math.min(MOST_PARTS, fitting, Math.ceil(inner / LEAST_TERMS));
    return splitInto(SQUARE, inner, Math.max(chains, parts));
  }
  return null;
}

function splitInto(tile: WorkgroupTile, inner: number, parts: number): SplitTile {
  const terms = Math.ceil(inner / parts / tile.depth) * tile.depth;
  return { kind: 'split', tile, parts: Math.ceil(inner / terms), terms };
}

/** Sums of parts lie as the output does: `stride` fours for every part of every module, `quads` to a line. */
const PART_UNIFORMS: readonly UniformField[] = [
  { name: 'parts', type: 'u32' },
  { name: 'terms', type: 'u32' },
  { name: 'stride', type: 'u32' },
  { name: 'quads', type: 'u32' },
];

const partOf = ({ transposed }: MatmulTask): PartOfInner => ({
  uniforms: PART_UNIFORMS,
  module: '(wid.z / p.parts)',
  isFirst: '(wid.z % p.parts) == 0u',
  from: '((wid.z % p.parts) * p.terms)',
  to: 'min(inner, (wid.z % p.parts) * p.terms + p.terms)',
  store: ({ rows, cols }) =>
    range(cols / 4)
      .flatMap((q) =>
        transposed
          ? range(rows / 4).flatMap((g) =>
              LETTERS.map((c, t) => {
                const sums = range(4).map((i) => `c_${4 * g + i}_${q}.${c}`);
                return `if (row + ${4 * g}u < height && n${q} + ${t}u < width) { o[wid.z * p.stride + (n${q} + ${t}u) * p.quads + (row >> 2u) + ${g}u] = vec4<f32>(${sums.join(', ')}); }`;
              }),
            )
          : range(rows).map(
              (i) =>
                `if (row + ${i}u < height && n${q} < width) { o[wid.z * p.stride + (row + ${i}u) * p.quads + (n${q} >> 2u)] = c_${i}_${q}; }`,
            ),
      )
      .join('\n  '),
});

/** Adds up the parts in order, and does what is left to do. */
function joinProgram({ add, accumulate, transposed }: MatmulTask): Program {
  const terms = ['p.alpha * sum'];
  if (add) terms.push('s[((orow0 + line) * p.lds + o0 + at) >> 2u]');
  if (accumulate) terms.push('o[to]');
  const quads = 'array<vec4<f32>>';
  return {
    key: ['matmul-join', add && 'add', accumulate && 'accumulate', transposed && 'transposed']
      .filter(Boolean)
      .join('-'),
    storage: [
      { name: 'sums', type: quads, access: 'r' },
      { name: 'o', type: quads, access: 'rw' },
      ...(add ? [{ name: 's', type: quads, access: 'r' as const }] : []),
    ],
    uniforms: [...UNIFORMS, ...PART_UNIFORMS],
    workgroup: [ELEMENTWISE_SIZE, 1, 1],
    body: `${linearIndex(ELEMENTWISE_SIZE)}
@compute @workgroup_size(${ELEMENTWISE_SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = linear_index(wid, groups, lid);
  if (i >= p.stride) { return; }
  ${moduleFields()}
  let line = i / p.quads;
  let at = (i % p.quads) * 4u;
  if (line >= ${transposed ? 'width' : 'height'} || at >= ${transposed ? 'height' : 'width'}) { return; }
  var sum = vec4<f32>(0.0);
  for (var part = 0u; part < p.parts; part++) { sum += sums[(wid.z * p.parts + part) * p.stride + i]; }
  let to = ((orow0 + line) * p.ldo + o0 + at) >> 2u;
  o[to] = ${terms.join(' + ')};
}`,
  };
}

const programs = new Map<string, readonly [Program, Program]>();

function programsOf(task: MatmulTask, tile: WorkgroupTile): readonly [Program, Program] {
  const key = keyOf(task, tile === LOW ? 'low' : 'square');
  let found = programs.get(key);
  if (found === undefined) {
    const sums = { ...task, add: false, accumulate: false };
    found = [workgroupProgram(sums, tile, partOf(task)), joinProgram(task)];
    programs.set(key, found);
  }
  return found;
}

/** What a product binds. */
export interface ProductSlices {
  readonly a: Slice;
  readonly b: Slice;
  readonly out: Slice;
  readonly added: Slice | null;
  readonly lowRank: readonly Slice[];
}

/** @param uniforms those of {@link UNIFORMS} */
export function runSplit(
  gpu: Gpu,
  task: MatmulTask,
  split: SplitTile,
  slices: ProductSlices,
  uniforms: readonly number[],
  { height, width, modules = 1 }: ProductShape,
): void {
  const { tile, parts, terms } = split;
  const [first, second] = programsOf(task, tile);
  const [lines, length] = task.transposed ? [width, height] : [height, width];
  const stride = (lines * length) / 4;
  const sums = gpu.alloc(4 * stride * parts * modules, 'sums of parts');
  const numbers = [...uniforms, parts, terms, stride, length / 4];
  const { rows, cols } = workgroupExtent(tile);
  gpu.run(first, [slices.a, slices.b, sums, ...slices.lowRank], numbers, [
    Math.ceil(width / cols),
    Math.ceil(height / rows),
    parts * modules,
  ]);
  const [x, y] = gpu.grid(stride, ELEMENTWISE_SIZE);
  const bound = [sums, slices.out, ...(slices.added === null ? [] : [slices.added])];
  gpu.run(second, bound, numbers, [x, y, modules]);
  gpu.free(sums);
}
