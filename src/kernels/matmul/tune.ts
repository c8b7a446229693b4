/**
 * Chooses matmul tiles for a graphics card by measuring them, once: what was found is remembered under the adapter's
 * name. Software devices keep the rules of `tiles.ts`: there, compiling the candidates costs more than they could gain.
 * Tiles differ in speed only, so runs stay repeatable whatever is chosen.
 */
import type { Gpu } from '../gpu';
import type { MatmulLayout } from './interface';
import { matmul } from './matmul';
import { candidateTiles, type MatmulTile, type MatmulTuning, setMatmulTuning, tileKey } from './tiles';

/** Remembers short texts by name. */
export interface TuningStore {
  /** null when nothing is known. */
  read(name: string): Promise<string | null>;
  write(name: string, text: string): Promise<void>;
}

/** Milliseconds that `repeats` products take with a tile. */
export type Measure = (layout: MatmulLayout, tile: MatmulTile, repeats: number) => Promise<number>;

export interface TuneOptions {
  /** {@link measureOn} by default. */
  readonly measure?: Measure;
  /** Tunes software devices too. */
  readonly always?: boolean;
}

/** Rows and columns of a trial's output, and its inner length. */
export interface TrialShape {
  readonly rows: number;
  readonly inner: number;
  readonly width: number;
}

/** A layer of a small model on a micro-batch. */
const TRIAL: TrialShape = { rows: 1024, inner: 512, width: 512 };
const ROUNDS = 3;
/** A round is to be long against the latency of asking whether the queue is done, which browsers answer late. */
const ROUND_MS = 20;
const MOST_REPEATS = 256;
const LAYOUTS = ['nt', 'nn', 'tn'] as const satisfies readonly MatmulLayout[];
/** To be raised when tiles or kernels change: older findings are then measured again. */
const VERSION = 1;

/** Name under which a device's findings are kept. */
export function tuningName(gpu: Gpu): string {
  // Older browsers tell nothing about a device's adapter.
  const info: Partial<GPUAdapterInfo> = (gpu.device.adapterInfo as GPUAdapterInfo | undefined) ?? {};
  const { vendor, architecture, device, description } = info;
  return ['matmul', VERSION, vendor, architecture, device, description].filter(Boolean).join(' ');
}

/**
 * Sets the tiles of a device, from the store or by measuring. A store that fails is as one that knows nothing: tuning
 * again costs a second or two.
 * @returns what was measured, for the log; null when nothing was
 */
export async function tuneMatmul(
  gpu: Gpu,
  store: TuningStore,
  options: TuneOptions = {},
): Promise<string | null> {
  if (gpu.isSoftware && options.always !== true) return null;
  const name = tuningName(gpu);
  const known = parseTuning(gpu, await store.read(name).catch(() => null));
  if (known !== null) {
    setMatmulTuning(gpu, known);
    return null;
  }
  const measure = options.measure ?? measureOn(gpu);
  const tuning = {
    nt: await fastest('nt', candidateTiles(gpu, 'nt'), measure),
    nn: await fastest('nn', candidateTiles(gpu, 'nn'), measure),
    tn: await fastest('tn', candidateTiles(gpu, 'tn'), measure),
  };
  setMatmulTuning(gpu, tuning);
  await store.write(name, JSON.stringify(tuning)).catch(() => undefined);
  return LAYOUTS.map((layout) => `${layout}: ${tileKey(tuning[layout])}`).join('; ');
}

async function fastest(
  layout: MatmulLayout,
  candidates: readonly MatmulTile[],
  measure: Measure,
): Promise<MatmulTile> {
  let repeats = 1;
  for (const [c, tile] of candidates.entries()) {
    // The first product compiles.
    await measure(layout, tile, 1);
    while (c === 0 && repeats < MOST_REPEATS && (await measure(layout, tile, repeats)) < ROUND_MS)
      repeats *= 2;
  }
  const times = candidates.map((): number[] => []);
  // Round robin, so that a clock that rises or falls treats all alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [c, tile] of candidates.entries()) times[c]?.push(await measure(layout, tile, repeats));
  }
  const best = times.map((list) => Math.min(...list));
  return candidates[best.indexOf(Math.min(...best))] as MatmulTile;
}

/** Times products on a device; leaves it without a tuning. */
export function measureOn(gpu: Gpu, { rows, inner, width }: TrialShape = TRIAL): Measure {
  return async (layout, tile, repeats) => {
    const a = gpu.alloc(rows * inner, 'trial');
    const b = gpu.alloc(inner * width, 'trial');
    const out = gpu.alloc(rows * width, 'trial');
    const [lda, ldb] = [layout === 'tn' ? rows : inner, layout === 'nt' ? inner : width];
    const modules = [{ width, height: rows, inner }];
    setMatmulTuning(gpu, { [layout]: tile });
    try {
      gpu.flush();
      await gpu.device.queue.onSubmittedWorkDone();
      const begin = performance.now();
      for (let i = 0; i < repeats; i++) matmul(gpu, { layout, a, b, out, lda, ldb, ldo: width, modules });
      gpu.flush();
      await gpu.device.queue.onSubmittedWorkDone();
      return performance.now() - begin;
    } finally {
      setMatmulTuning(gpu, {});
      gpu.free(a, b, out);
    }
  };
}

/** What a store remembered, if it names tiles that are still candidates here; else null. */
function parseTuning(gpu: Gpu, text: string | null): MatmulTuning | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const tuning: Partial<Record<MatmulLayout, MatmulTile>> = {};
  for (const layout of LAYOUTS) {
    const wanted = JSON.stringify((value as Record<string, unknown>)[layout]);
    const tile = candidateTiles(gpu, layout).find((candidate) => JSON.stringify(candidate) === wanted);
    if (tile === undefined) return null;
    tuning[layout] = tile;
  }
  return tuning;
}
