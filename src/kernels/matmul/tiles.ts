/**
 * Which tile a product takes on a device. Few shapes, because each is a pipeline to compile. What tuning found for a
 * device (`tuning.ts`) comes before the rules here.
 */
import { type Gpu, SHARED_LANES } from '../gpu';
import type { Program } from '../program';
import { keyOf, loadsAcross, type MatmulLayout, type MatmulTask } from './interface';
import { registerProgram, type RegisterTile } from './registers';
import { suitsWorkgroups, workgroupExtent, workgroupProgram, type WorkgroupTile } from './workgroup';

export type MatmulTile = RegisterTile | WorkgroupTile;

/** Tiles by layout, for products of at least {@link MANY_ROWS} rows and columns. */
export type MatmulTuning = Readonly<Partial<Record<MatmulLayout, MatmulTile | undefined>>>;

/** Below, a product is bound by memory and dispatch, and tiles of many rows would stay empty. */
export const MANY_ROWS = 32;

/** Lanes of a hardware workgroup without shared memory: a subgroup, or half of one. */
const HARDWARE_LANES = 32;

/** Those that were fastest for some layout and size on the cards that were measured (docs/benchmarks.md); best guess first. */
const WORKGROUP_TILES: readonly WorkgroupTile[] = (
  [
    { threads: [16, 16], rows: 4, cols: 8, depth: 16 },
    { threads: [16, 16], rows: 8, cols: 8, depth: 16 },
    { threads: [8, 8], rows: 8, cols: 8, depth: 16 },
    { threads: [16, 8], rows: 8, cols: 4, depth: 8 },
    { threads: [8, 8], rows: 4, cols: 4, depth: 16 },
  ] as const
).map((tile): WorkgroupTile => ({ kind: 'workgroup', ahead: true, ...tile }));

const tuned = new WeakMap<Gpu, MatmulTuning>();

/** What is set for a device. */
export const matmulTuning = (gpu: Gpu): MatmulTuning => tuned.get(gpu.real) ?? {};

export function setMatmulTuning(gpu: Gpu, tuning: MatmulTuning): void {
  tuned.set(gpu.real, tuning);
}

/** Candidates for many rows on this device, best guess first. */
export function candidateTiles(gpu: Gpu, layout: MatmulLayout): readonly MatmulTile[] {
  const { maxComputeInvocationsPerWorkgroup: most } = gpu.limits;
  const workgroups = WORKGROUP_TILES.filter(({ threads: [x, y] }) => x * y <= most);
  const wide: RegisterTile = {
    kind: 'registers',
    tileRows: 8,
    tileCols: 4,
    lanes: HARDWARE_LANES,
    shared: false,
  };
  const ofSoftware = softwareTile(gpu, layout, MANY_ROWS);
  return gpu.isSoftware ? [ofSoftware, ...workgroups] : [...workgroups, wide, ofSoftware];
}

/** Tile of a product of `height` rows and `width` columns. */
export function tileFor(gpu: Gpu, task: MatmulTask, height: number, width: number): MatmulTile {
  const { layout, vec4 } = task;
  const lanes = gpu.isSoftware ? gpu.sharedLanes || SHARED_LANES : HARDWARE_LANES;
  if (!vec4)
    return { kind: 'registers', tileRows: loadsAcross(layout) ? 4 : 2, tileCols: 4, lanes, shared: false };
  if (height >= MANY_ROWS && width >= MANY_ROWS && suitsWorkgroups(task)) {
    const known = matmulTuning(gpu)[layout];
    if (known !== undefined) return known;
    if (!gpu.isSoftware) return candidateTiles(gpu, layout)[0] as MatmulTile;
  }
  if (gpu.isSoftware) return softwareTile(gpu, layout, height);
  const tileRows = !loadsAcross(layout) && height === 1 ? 1 : 4;
  return { kind: 'registers', tileRows, tileCols: 4, lanes, shared: false };
}

function softwareTile(gpu: Gpu, layout: MatmulLayout, height: number): RegisterTile {
  const shared = gpu.sharedLanes > 0;
  const lanes = shared ? gpu.sharedLanes : SHARED_LANES;
  // Half as many lanes with twice as many columns: as wide, and every load serves more.
  const tileCols = shared && lanes < SHARED_LANES ? 8 : 4;
  const fixed = { kind: 'registers', tileCols, lanes } as const;
  if (!loadsAcross(layout) && height === 1) return { ...fixed, tileRows: 1, shared: false };
  // Sixteen rows pay where one load serves several of them; without sharing they only cost registers.
  return { ...fixed, tileRows: shared && height > 8 ? 16 : 8, shared };
}

/** Rows and columns of one workgroup. */
export function tileExtent(tile: MatmulTile): { rows: number; cols: number } {
  return tile.kind === 'workgroup'
    ? workgroupExtent(tile)
    : { rows: tile.tileRows, cols: tile.tileCols * tile.lanes };
}

/** A name for a tile; no two are alike. */
export function tileKey(tile: MatmulTile): string {
  return tile.kind === 'workgroup'
    ? `workgroup ${tile.threads[0]}x${tile.threads[1]} of ${tile.rows}x${tile.cols}x${tile.depth}${tile.ahead ? ' ahead' : ''}`
    : `registers ${tile.lanes} of ${tile.tileRows}x${tile.tileCols}${tile.shared ? ' shared' : ''}`;
}

const programs = new Map<string, Program>();

/** The program of a task on a tile, built once. */
export function matmulProgram(task: MatmulTask, tile: MatmulTile): Program {
  const key = keyOf(task, tileKey(tile));
  let program = programs.get(key);
  if (program === undefined) {
    program = tile.kind === 'workgroup' ? workgroupProgram(task, tile) : registerProgram(task, tile);
    programs.set(key, program);
  }
  return program;
}
