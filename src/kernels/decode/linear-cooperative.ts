/**
 * Projections of a token step on graphics cards, where they cost what reading the weights costs. {@link GROUP} lanes
 * compute columns together: neighbouring lanes load neighbouring vectors of a weight row, and several of these loads are
 * under way at once. Their partial sums are joined through workgroup memory.
 *
 * Lane l takes the inner indices 4·(l + 32·i) … + 3, i rising, as one chain of fused multiply-adds; the chains are
 * joined in a fixed order. None of this depends on the tile, so a token's numbers do not depend on how many others are
 * computed with it. Where the sums of `linear.ts` are one chain, these are 32: the two agree to rounding.
 */
import type { Program } from '../program';
import { cacheSuffix } from './cache-type';
import {
  chain,
  type DecodeLinearTask,
  linearFunctions,
  linearInterface,
  pairColumns,
  range,
  ROW_COUNT,
} from './linear-interface';

/** Lanes that split the inner index. */
const GROUP = 32;
/** Inner indices that they take at once. */
const SPAN = 4 * GROUP;
/** Words from one value's partial sums to the next one's: lanes that read one each meet in no bank of memory. */
const STRIDE = GROUP + 1;
/** Rows whose partial sums lie in workgroup memory at once: at most 11 KiB of the 16 that every device has. */
const JOINED_ROWS = 8;

export interface CooperativeTile {
  /** Rows per workgroup: at most {@link JOINED_ROWS}, or a multiple of it. */
  readonly rows: number;
  /** Pairs of columns per group. */
  readonly pairs: number;
  readonly groups: number;
  /** Vectors of a weight row that a lane loads before it uses the first: 1, 2, or more. */
  readonly ahead: number;
}

/** Rows of the tiles that a step chooses from: the smallest that holds all, else the largest. */
export const COOPERATIVE_ROWS = [1, 4, 8, 16] as const;

/** Pairs from which on two of them to a group still leave groups enough for a large card. */
const MANY_PAIRS = 1024;

/** The tile for so many rows and pairs of columns. Bytes under way hide latency, so narrow products load further ahead. */
export function cooperativeTile(rows: (typeof COOPERATIVE_ROWS)[number], pairs: number): CooperativeTile {
  switch (rows) {
    case 1:
      return { rows, pairs: 1, groups: 4, ahead: 8 };
    case 4:
      return pairs < MANY_PAIRS
        ? { rows, pairs: 1, groups: 2, ahead: 4 }
        : { rows, pairs: 2, groups: 2, ahead: 2 };
    case 8:
      return { rows, pairs: pairs < MANY_PAIRS ? 1 : 2, groups: 2, ahead: 2 };
    case 16:
      // Tool results: arithmetic counts, and what a lane loads is to serve as much of it as registers allow.
      return { rows, pairs: 2, groups: 2, ahead: 1 };
  }
}

/** Pairs of columns that a workgroup computes. */
export const cooperativePairs = ({ pairs, groups }: CooperativeTile): number => pairs * groups;

const programs = new Map<string, Program>();

/**
 * Bindings and uniforms are those of `linear.ts`; workgroups take {@link cooperativePairs} by `tile.rows`. Built once:
 * the text of a large tile is long, and every layer asks for it.
 */
export function cooperativeLinearProgram(task: DecodeLinearTask, tile: CooperativeTile): Program {
  const { norm, vec4, weights, cache } = task;
  const shape = `${tile.rows}x${tile.pairs}x${tile.groups}-ahead${tile.ahead}`;
  const key = `decode-linear-cooperative-${norm ? 'norm' : 'add'}-${shape}-${vec4 ? 'vec4' : 'scalar'}${
    weights === 'f32' ? '' : `-${weights}`
  }${norm ? cacheSuffix(cache) : ''}`;
  let program = programs.get(key);
  if (program === undefined) {
    program = {
      key,
      ...linearInterface(task),
      workgroup: [GROUP * tile.groups, 1, 1],
      body: body(task, tile),
    };
    programs.set(key, program);
  }
  return program;
}

function body(task: DecodeLinearTask, tile: CooperativeTile): string {
  const { norm } = task;
  const rows = range(tile.rows);
  const columns = range(2 * tile.pairs);
  return `
${linearFunctions(task)}
${joining(task, tile)}
@compute @workgroup_size(${GROUP * tile.groups}, 1, 1)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  ${ROW_COUNT(norm)}
  let row = wid.y * ${tile.rows}u;
  if (row >= n) { return; }
  let lane = lid % ${GROUP}u;
  let group = lid / ${GROUP}u;
  let pair = wid.x * ${cooperativePairs(tile)}u;
  ${rows.map((i) => `let r${i} = min(row + ${i}u, n - 1u);`).join(' ')}
  ${range(tile.pairs)
    .map((q) => pairColumns(`pair + group * ${tile.pairs}u + ${q}u`, q))
    .join('\n  ')}
  ${rows
    .map(
      (i) => columns.map((j) => `var c${i}_${j} = 0.0;`).join(' ') + (norm ? ` var squares${i} = 0.0;` : ''),
    )
    .join('\n  ')}
  ${walk(task, tile)}
  ${passes(tile)
    .map((pass, i) => join(task, tile, pass, i === 0))
    .join('\n  ')}
}`;
}

/** The walk along the inner index: sums of a lane's products. */
function walk(task: DecodeLinearTask, tile: CooperativeTile): string {
  const { ahead } = tile;
  const single = steps(task, tile, 1, false);
  switch (ahead) {
    case 1:
      return `for (var begin = 4u * lane; begin < p.inner; begin += ${SPAN}u) { ${single} }`;
    case 2:
      return `var begin = 4u * lane;
  for (; begin + ${SPAN}u < p.inner; begin += ${2 * SPAN}u) { ${steps(task, tile, 2, false)} }
  if (begin < p.inner) { ${single} }`;
    default:
      // The end of a row may be most of it; it is to be loaded at once as well.
      return `for (var span = 0u; span < p.inner; span += ${SPAN * ahead}u) {
    let begin = span + 4u * lane;
    ${steps(task, tile, ahead, true)}
  }`;
  }
}

/** So many vectors of each row, {@link SPAN} apart. `cut`: some may lie beyond the end, and then count as zero. */
function steps(task: DecodeLinearTask, tile: CooperativeTile, count: number, cut: boolean): string {
  const { norm } = task;
  const columns = range(2 * tile.pairs);
  const loads = range(count).map((a) => {
    const k = `begin + ${a * SPAN}u`;
    return [
      cut
        ? `let k${a} = min(${k}, (p.inner - 1u) & ~3u); let there${a} = ${k} < p.inner;`
        : `let k${a} = ${k};`,
      ...columns.map((j) => `let w${a}_${j} = load_w(n${j}, k${a});`),
    ].join(' ');
  });
  const sums = range(count).map((a) => {
    // The norm's weights go to the columns, of which there are fewer than rows where arithmetic counts.
    const gain = norm ? `let gain${a} = load_g(k${a});` : '';
    const y = columns.map((j) => `let y${a}_${j} = w${a}_${j}${norm ? ` * gain${a}` : ''};`).join(' ');
    const x = range(tile.rows).map((i) => {
      const load = `load_x(r${i}, k${a})`;
      return `let x${a}_${i} = ${cut ? `select(vec4<f32>(0.0), ${load}, there${a})` : load};`;
    });
    const chains = range(tile.rows).map((i) =>
      [
        ...(norm ? [chain(`squares${i}`, `x${a}_${i}`, `x${a}_${i}`)] : []),
        ...columns.map((j) => chain(`c${i}_${j}`, `x${a}_${i}`, `y${a}_${j}`)),
      ].join(' '),
    );
    return [gain, y, ...x, ...chains].join('\n    ');
  });
  return [...loads, ...sums].join('\n    ');
}

interface Pass {
  readonly first: number;
  readonly rows: number;
}

/** Rows whose sums are joined at once. */
const passes = ({ rows }: CooperativeTile): readonly Pass[] =>
  range(Math.ceil(rows / JOINED_ROWS)).map((b) => ({
    first: b * JOINED_ROWS,
    rows: Math.min(JOINED_ROWS, rows),
  }));

/** Values of a group in a pass: per row its columns, then the squares of all rows. */
const valuesOf = ({ norm }: DecodeLinearTask, tile: CooperativeTile): number =>
  Math.min(JOINED_ROWS, tile.rows) * (2 * tile.pairs + (norm ? 1 : 0));

const joining = (task: DecodeLinearTask, tile: CooperativeTile): string => `
var<workgroup> parts: array<f32, ${tile.groups * valuesOf(task, tile) * STRIDE}>;
/** The partial sums of a value, joined. */
fn total(value: u32) -> f32 {
  let at = value * ${STRIDE}u;
  var sum = vec4<f32>(0.0);
  for (var l = 0u; l < ${GROUP}u; l += 4u) {
    sum += vec4<f32>(parts[at + l], parts[at + l + 1u], parts[at + l + 2u], parts[at + l + 3u]);
  }
  return (sum.x + sum.y) + (sum.z + sum.w);
}`;

/** Joins the sums of some rows and finishes them, a lane for each pair of each row. */
function join(
  task: DecodeLinearTask,
  tile: CooperativeTile,
  { first, rows }: Pass,
  isFirst: boolean,
): string {
  const { norm } = task;
  const { pairs, groups } = tile;
  const values = valuesOf(task, tile);
  const keep = (value: number, name: string) =>
    `parts[(group * ${values}u + ${value}u) * ${STRIDE}u + lane] = ${name};`;
  const sums = range(rows).flatMap((i) =>
    range(2 * pairs).map((j) => keep(i * 2 * pairs + j, `c${first + i}_${j}`)),
  );
  const squares = range(norm ? rows : 0).map((i) => keep(rows * 2 * pairs + i, `squares${first + i}`));
  return `${isFirst ? '' : 'workgroupBarrier();\n  '}${[...sums, ...squares].join('\n  ')}
  workgroupBarrier();
  if (lid < ${groups * rows * pairs}u) {
    let mine = lid / ${pairs}u;
    let i = mine % ${rows}u;
    let whose = mine / ${rows}u;
    let at = whose * ${values}u + i * ${2 * pairs}u + 2u * (lid % ${pairs}u);
    ${pairColumns(`pair + whose * ${pairs}u + lid % ${pairs}u`, tile.pairs)}
    var v = vec2<f32>(total(at), total(at + 1u));
    ${norm ? `v *= 1.0 / sqrt(total(whose * ${values}u + ${rows * 2 * pairs}u + i) / f32(p.inner) + p.eps);` : ''}
    if (row + ${first}u + i < n) {
      finish(row + ${first}u + i, t${pairs}, n${2 * pairs}, n${2 * pairs + 1}, v);
    }
  }`;
}
