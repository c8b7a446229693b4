/**
 * Which tile a product takes on a device. Few shapes, because each is a pipeline to compile. What tuning found for a
 * device (`tuning.ts`) comes before the rules here.
 */
import { type Gpu, SHARED_LANES } from '../gpu';
import type { Program } from '../program';
import { keyOf, loadsAcross, type MatmulLayout, type MatmulTask } from './interface';
import { type ProductShape, splitOf, type SplitTile } from './split';
import { registerProgram, type RegisterTile } from './registers';
import { suitsWorkgroups, workgroupExtent, workgroupProgram, type WorkgroupTile } from './workgroup';

/** A tile whose workgroups walk the whole inner index. */
export type MatmulTile = RegisterTile | WorkgroupTile;

/** Few large tiles leave parts of a card idle, so small products want other tiles than large ones. */
export const PRODUCT_SIZES = ['small', 'large'] as const;
export type ProductSize = (typeof PRODUCT_SIZES)[number];

/** Tiles by layout and size, for products of at least {@link MANY_ROWS} rows and columns. */
export type MatmulTuning = Readonly<
  Partial<Record<`${MatmulLayout} ${ProductSize}`, MatmulTile | undefined>> & {
    /** Whether products with a small output and a long inner index are split (`split.ts`); on hardware by default. */
    split?: boolean;
  }
>;

/** Output cells of a large product, at least. */
const LARGE_CELLS = 512 * 1024;

export const sizeOf = ({ height, width }: Pick<ProductShape, 'height' | 'width'>): ProductSize =>
  height * width < LARGE_CELLS ? 'small' : 'large';

/** Below, a product is bound by memory and dispatch, and tiles of many rows would stay empty. */
export const MANY_ROWS = 32;

/** Lanes of a hardware workgroup without shared memory: a subgroup, or half of one. */
const HARDWARE_LANES = 32;

const workgroup = (
  threads: readonly [number, number],
  rows: number,
  cols: number,
  depth: number,
): WorkgroupTile => ({ kind: 'workgroup', threads, rows, cols, depth, ahead: true });

/** Those that were fastest for some layout and size on the cards that were measured (docs/benchmarks.md). */
const WORKGROUP_TILES = {
  flat: workgroup([16, 16], 4, 8, 16),
  big: workgroup([16, 16], 8, 8, 16),
  tall: workgroup([16, 8], 8, 4, 8),
  middle: workgroup([8, 8], 8, 8, 16),
  small: workgroup([8, 8], 4, 4, 16),
} as const;

/** Best first there. */
const LARGE_FIRST: Readonly<Record<MatmulLayout, keyof typeof WORKGROUP_TILES>> = {
  nt: 'big',
  nn: 'flat',
  tn: 'tall',
  tt: 'flat',
};

/** Cells that a tile's product may compute, beside what the best fitting tile must. */
const MOST_PADDING = 1.25;

const tuned = new WeakMap<Gpu, MatmulTuning>();

/** What is set for a device. */
export const matmulTuning = (gpu: Gpu): MatmulTuning => tuned.get(gpu.real) ?? {};

export function setMatmulTuning(gpu: Gpu, tuning: MatmulTuning): void {
  tuned.set(gpu.real, tuning);
}

/** Candidates for many rows on this device, best guess first. */
export function candidateTiles(gpu: Gpu, layout: MatmulLayout, size: ProductSize): readonly MatmulTile[] {
  const workgroups = workgroupTiles(gpu, layout, size);
  const wide: RegisterTile = {
    kind: 'registers',
    tileRows: 8,
    tileCols: 4,
    lanes: HARDWARE_LANES,
    shared: false,
  };
  return gpu.isSoftware ? [softwareTile(gpu, layout, MANY_ROWS), ...workgroups] : [...workgroups, wide];
}

function workgroupTiles(gpu: Gpu, layout: MatmulLayout, size: ProductSize): WorkgroupTile[] {
  const { maxComputeInvocationsPerWorkgroup: most } = gpu.limits;
  const first = WORKGROUP_TILES[size === 'small' ? 'small' : LARGE_FIRST[layout]];
  return [...new Set([first, ...Object.values(WORKGROUP_TILES)])].filter(
    ({ threads: [x, y] }) => x * y <= most,
  );
}

/** Tile of a product, `shape` being that of its largest module. */
export function tileFor(gpu: Gpu, task: MatmulTask, shape: ProductShape): MatmulTile | SplitTile {
  const { layout, vec4 } = task;
  const { height, width } = shape;
  const tuning = matmulTuning(gpu);
  const lanes = gpu.isSoftware ? gpu.sharedLanes || SHARED_LANES : HARDWARE_LANES;
  if (!vec4)
    return { kind: 'registers', tileRows: loadsAcross(layout) ? 4 : 2, tileCols: 4, lanes, shared: false };
  const split = (tuning.split ?? !gpu.isSoftware) ? splitOf(task, shape) : null;
  if (split !== null) return split;
  if (height >= MANY_ROWS && width >= MANY_ROWS && suitsWorkgroups(task)) {
    const size = sizeOf(shape);
    const known = tuning[`${layout} ${size}`];
    if (known !== undefined || !gpu.isSoftware) {
      const tile = known ?? (candidateTiles(gpu, layout, size)[0] as MatmulTile);
      return size === 'small' ? tile : fuller(tile, () => workgroupTiles(gpu, layout, size), shape);
    }
  }
  if (gpu.isSoftware) return softwareTile(gpu, layout, height);
  const tileRows = !loadsAcross(layout) && height === 1 ? 1 : 4;
  return { kind: 'registers', tileRows, tileCols: 4, lanes, shared: false };
}

/** The tile, or where much of it would lie beyond the edges of this shape, the first of `others` that fits better. */
function fuller(tile: MatmulTile, others: () => readonly MatmulTile[], shape: ProductShape): MatmulTile {
  const { height, width } = shape;
  const padded = (of: MatmulTile) => {
    const { rows, cols } = tileExtent(of);
    return Math.ceil(height / rows) * rows * Math.ceil(width / cols) * cols;
  };
  // No tile pads less than not at all: most products end here, and a step has hundreds.
  if (padded(tile) <= MOST_PADDING * height * width) return tile;
  const list = others();
  const most = MOST_PADDING * Math.min(...list.map(padded));
  return [tile, ...list].find((of) => padded(of) <= most) ?? tile;
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
