/** Rows of a pass that see runs of a cache's slots, on the GPU: prompts before sampling, and `generate()`. */
import { isSingle, type RunSlices, type RunTable, windowRuns } from '../../kernels/attention/attention';
import type { Gpu } from '../../kernels/gpu';
import { windowsBelow } from '../model/features';
import type { ModelConfig } from '../types';
import type { TokenRows } from './trunk';

/** Arrays with an entry per row; `sight` has the runs of every row in order of position. */
export interface RunRows {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly slots: Uint32Array;
  readonly sight: RunTable;
}

/** `free` gives the arrays back. */
export function runTokens(
  gpu: Gpu,
  config: ModelConfig,
  rows: RunRows,
): { tokens: TokenRows; free: () => void } {
  const ids = gpu.upload(rows.ids, 'ids');
  const position = gpu.upload(rows.positions, 'positions');
  const slot = gpu.upload(rows.slots, 'slots');
  const see = (table: RunTable): RunSlices => ({
    start: gpu.upload(table.start, 'run starts'),
    runs: gpu.upload(table.runs, 'runs'),
    isSingle: isSingle(table),
  });
  const whole = see(rows.sight);
  const longest = rows.positions.reduce((a, b) => Math.max(a, b), 0) + 1;
  const windows = new Map(
    windowsBelow(config, longest).map((window) => [window, see(windowRuns(rows.sight, window))]),
  );
  return {
    tokens: { rows: rows.ids.length, ids, position, slot, visible: { kind: 'runs', runs: whole, windows } },
    free: () => {
      gpu.free(ids, position, slot);
      for (const { start, runs } of [whole, ...windows.values()]) gpu.free(start, runs);
    },
  };
}
