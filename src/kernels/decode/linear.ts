/**
 * Projections of a token step. The norm in front and what follows (rotation and cache, SwiGLU, residual) are part of
 * the same dispatch, because on small models a token step costs what its dispatches cost.
 *
 * Every output is one chain of fused multiply-adds over the inner index, whatever the tile, so a token's numbers do
 * not depend on how many others are computed with it.
 */
import { SHARED_LANES } from '../gpu';
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

/** Columns that one workgroup computes; lanes hold two pairs of them each. */
const LANE_PAIRS = 2;
export const TILE_PAIRS = LANE_PAIRS * SHARED_LANES;

export interface DecodeLinearVariant extends DecodeLinearTask {
  /** Rows per workgroup: 1, or a multiple of {@link SHARED_LANES}. */
  readonly tileRows: number;
  /** So many lanes load a row each and broadcast it; needs subgroups of them. 0: every lane loads every row. */
  readonly shared: number;
}

export function decodeLinearProgram(variant: DecodeLinearVariant): Program {
  const { norm, tileRows, vec4, weights, cache, shared } = variant;
  return {
    key: `decode-linear-${norm ? 'norm' : 'add'}-${tileRows}-${vec4 ? 'vec4' : 'scalar'}${
      weights === 'f32' ? '' : `-${weights}`
    }${shared > 0 ? `-shared${shared}` : ''}${norm ? cacheSuffix(cache) : ''}`,
    ...(shared > 0 ? { enables: ['subgroups'] as const } : {}),
    ...linearInterface(variant),
    workgroup: [SHARED_LANES, 1, 1],
    body: body(variant),
  };
}

function body(task: DecodeLinearVariant): string {
  const { norm, tileRows, shared } = task;
  const tile = range(tileRows);
  const columns = range(2 * LANE_PAIRS);
  const pairs = range(LANE_PAIRS);
  // Rows that this lane loads: with shared loads only its own, whose squares it sums.
  const own = shared > 0 ? range(tileRows / shared) : tile;
  const load = `${norm ? 'let gain = load_g(k);' : ''}
    ${own
      .map((g) =>
        norm
          ? `let v${g} = load_x(own${g}, k); ${chain(`squares${g}`, `v${g}`, `v${g}`)} let s${g} = v${g} * gain;`
          : `let s${g} = load_x(own${g}, k);`,
      )
      .join('\n    ')}`;
  const ofRow = (name: string, i: number) =>
    shared > 0 ? `subgroupBroadcast(${name}${Math.floor(i / shared)}, ${i % shared}u)` : `${name}${i}`;
  // A broadcast right before its use keeps few values in registers.
  const row = (i: number) =>
    `let x${i} = ${ofRow('s', i)};
    ${columns.map((j) => chain(`c${i}_${j}`, `x${i}`, `y${j}`)).join('\n    ')}`;
  return `
${linearFunctions(task)}
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  ${ROW_COUNT(norm)}
  let row = wid.y * ${tileRows}u;
  if (row >= n) { return; }
  ${tile.map((i) => `let r${i} = min(row + ${i}u, n - 1u);`).join(' ')}
  ${own
    .map((g) => (shared > 0 ? `min(row + ${g * shared}u + lane % ${shared}u, n - 1u)` : `r${g}`))
    .map((at, g) => `let own${g} = ${at};${norm ? ` var squares${g} = 0.0;` : ''}`)
    .join(' ')}
  ${pairs.map((q) => pairColumns(`wid.x * ${TILE_PAIRS}u + lane * ${LANE_PAIRS}u + ${q}u`, q)).join('\n  ')}
  ${tile.map((i) => columns.map((j) => `var c${i}_${j} = 0.0;`).join(' ')).join('\n  ')}
  for (var k = 0u; k < p.inner; k += 4u) {
    ${load}
    ${columns.map((j) => `let y${j} = load_w(n${j}, k);`).join('\n    ')}
    ${tile.map(row).join('\n    ')}
  }
  ${
    norm
      ? [
          ...own.map((g) => `let scale${g} = 1.0 / sqrt(squares${g} / f32(p.inner) + p.eps);`),
          ...tile.map((i) => `let rstd${i} = ${ofRow('scale', i)};`),
        ].join('\n  ')
      : ''
  }
  ${tile
    .map(
      (i) =>
        `if (row + ${i}u < n) { ${pairs
          .map(
            (q) =>
              `finish(r${i}, t${q}, n${2 * q}, n${2 * q + 1}, vec2<f32>(c${i}_${2 * q}, c${i}_${2 * q + 1})${norm ? ` * rstd${i}` : ''});`,
          )
          .join(' ')} }`,
    )
    .join('\n  ')}
}`;
}
