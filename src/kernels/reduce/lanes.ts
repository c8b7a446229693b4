/**
 * Sums that the lanes of a workgroup share, in a fixed order: for graphics cards, whose memory wants neighbouring lanes at
 * neighbouring addresses and whose processors want many workgroups. On software devices one lane walks a sum alone.
 */
import type { Gpu } from '../gpu';
import { elementwise, ROW_SIZE } from '../wgsl/common';

const chosen = new WeakMap<Gpu, boolean>();

/** Whether lanes share sums on a device. */
export const sharesSums = (gpu: Gpu): boolean => chosen.get(gpu.real) ?? !gpu.isSoftware;

/** Has lanes share sums, or not, whatever the device; null: by the rule. */
export function setSharedSums(gpu: Gpu, shares: boolean | null): void {
  if (shares === null) chosen.delete(gpu.real);
  else chosen.set(gpu.real, shares);
}

/**
 * WGSL: joins in pairs what `lanes` lanes hold in the workgroup's array `name`, until `left` elements hold results. All
 * lanes of a workgroup must come here.
 */
export const joinLanes = (
  name: string,
  lanes: number,
  join: (a: string, b: string) => string = (a, b) => `${a} + ${b}`,
  left = 1,
): string =>
  `workgroupBarrier();
  for (var half = ${lanes / 2}u; half >= ${left}u; half = half / 2u) {
    if (lid < half) { ${name}[lid] = ${join(`${name}[lid]`, `${name}[lid + half]`)}; }
    workgroupBarrier();
  }`;

/** A kernel that sums along rows, then does something to each. Its uniforms have `count` rows. */
export interface RowSums {
  /** Lanes that share a row: 1, or a workgroup of so many. */
  readonly lanes: number;
  /** Statements that may read `row` and must set `n`, the elements of a row. */
  readonly setup: string;
  /** f32 variables, 0 at first. */
  readonly sums: readonly string[];
  /** Statements that add element `c` of the row to them. */
  readonly term: string;
  /** Statements that find the whole sums in the variables; `each` repeats some for every element `c`. */
  readonly finish: (each: (body: string) => string) => string;
}

/** Entry point of such a kernel, for {@link rowGrid}. */
export function rowSums({ lanes, setup, sums, term, finish }: RowSums): string {
  const zeros = sums.map((name) => `var ${name} = 0.0;`).join(' ');
  if (lanes === 1) {
    const each = (body: string) => `for (var c = 0u; c < n; c++) { ${body} }`;
    return elementwise(
      ROW_SIZE,
      `let row = i;
  ${setup}
  ${zeros}
  ${each(term)}
  ${finish(each)}`,
    );
  }
  const each = (body: string) => `for (var c = lid; c < n; c += ${lanes}u) { ${body} }`;
  return `${sums.map((name) => `var<workgroup> shared_${name}: array<f32, ${lanes}>;`).join('\n')}
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let row = wid.y * groups.x + wid.x;
  if (row >= p.count) { return; }
  ${setup}
  ${zeros}
  ${each(term)}
  ${sums.map((name) => `shared_${name}[lid] = ${name};`).join(' ')}
  ${sums.map((name) => joinLanes(`shared_${name}`, lanes)).join('\n  ')}
  ${sums.map((name) => `${name} = shared_${name}[0];`).join(' ')}
  ${finish(each)}
}`;
}

/** Invocations of a workgroup of {@link rowSums}. */
export const rowWorkgroup = (lanes: number): readonly [number, number, number] => [
  lanes === 1 ? ROW_SIZE : lanes,
  1,
  1,
];

export const rowGrid = (gpu: Gpu, lanes: number, rows: number): [number, number, number] =>
  gpu.grid(rows, lanes === 1 ? ROW_SIZE : 1);

/** Lanes for rows of `elements` loads. */
export function rowLanes(gpu: Gpu, elements: number): number {
  if (!sharesSums(gpu)) return 1;
  return elements <= 128 ? 32 : 128;
}
