/** Runs as folders of the browser's storage: what is there, what can go on. Pure but for `loadRun`. */
import type { EvalSummary } from '../grpo/types';
import { parseEvaluations, parseMetrics, parseWarmStart } from '../report/records';
import {
  adapterOrder,
  BEST_FOLDER,
  checkpointStep,
  CONFIG_FILE,
  EVAL_LOGS,
  FINAL_FOLDER,
  isAdapterFolder,
  METRICS_FILE,
  WARM_START_FILE,
  WARM_START_FOLDER,
} from '../report/run-files';
import { MODES } from '../settings/choices';
import type { Settings } from '../settings/settings';
import { environmentNear, schemaNear } from '../env/settings';
import { defaultSettings } from '../settings/schema';
import type { TrainerApi } from '../../workers/api';
import { LABEL_FILE, parseLabel } from './runs/label';
import type { RunRecord } from './state';
import { t } from './texts';

/** An output folder found in storage. */
export interface StoredRun {
  readonly outputDir: string;
  /** Adapter folders, best first, then final, then checkpoints from the newest. */
  readonly adapters: readonly string[];
  /** Of GRPO steps or of a warm start. */
  readonly hasMetrics: boolean;
  /** Has a checkpoint but no final adapter. */
  readonly unfinished: boolean;
}

export function storedRuns(paths: readonly string[]): StoredRun[] {
  const found = new Map<string, { adapters: Set<string>; hasMetrics: boolean }>();
  const entry = (dir: string) => {
    const known = found.get(dir) ?? { adapters: new Set<string>(), hasMetrics: false };
    found.set(dir, known);
    return known;
  };
  for (const path of paths) {
    const parts = path.split('/');
    const [name = '', folder = ''] = [parts.at(-1), parts.at(-2)];
    // A file in an adapter's folder is the adapter's, whatever its name.
    if (parts.length > 2 && isAdapterFolder(folder)) entry(parts.slice(0, -2).join('/')).adapters.add(folder);
    else if (parts.length > 1 && [METRICS_FILE, WARM_START_FILE].includes(name))
      entry(parts.slice(0, -1).join('/')).hasMetrics = true;
  }
  const byNumber = [...found].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return byNumber.map(([outputDir, { adapters, hasMetrics }]) => ({
    outputDir,
    adapters: [...adapters].sort(adapterOrder),
    hasMetrics,
    unfinished: !adapters.has(FINAL_FOLDER) && [...adapters].some((name) => checkpointStep(name) !== null),
  }));
}

export function adapterLabel(name: string): string {
  if (name === BEST_FOLDER) return t.storage.adapter.best;
  if (name === FINAL_FOLDER) return t.storage.adapter.final;
  if (name === WARM_START_FOLDER) return t.storage.adapter.warmStart;
  return t.storage.adapter.checkpoint(checkpointStep(name));
}

/** Reads the curves of a stored run; null when there are none. */
export async function loadRun(
  api: TrainerApi,
  outputDir: string,
  paths: readonly string[],
): Promise<RunRecord | null> {
  const decoder = new TextDecoder();
  const text = async (path: string) => {
    const bytes = await api.readFile(path);
    return bytes === null ? null : decoder.decode(bytes);
  };
  const metrics = await text(`${outputDir}/${METRICS_FILE}`);
  const steps = metrics === null ? [] : parseMetrics(metrics);
  const warmStart = parseWarmStart((await text(`${outputDir}/${WARM_START_FILE}`)) ?? '');
  if (steps.length === 0 && warmStart.length === 0) return null;
  const settings = parseSettings(await text(`${outputDir}/${CONFIG_FILE}`));
  const earlier = environmentNear(settings?.environment).earlierCounts;
  const evaluations: EvalSummary[] = [];
  for (const path of paths) {
    if (!path.startsWith(`${outputDir}/${EVAL_LOGS}/`) || !/\.jsonl?$/.test(path)) continue;
    evaluations.push(...parseEvaluations((await text(path)) ?? '', earlier));
  }
  evaluations.sort((a, b) => a.step - b.step);
  const label = parseLabel((await text(`${outputDir}/${LABEL_FILE}`)) ?? '');
  return {
    id: `stored:${outputDir}`,
    outputDir,
    origin: 'stored',
    settings,
    preset: label?.preset ?? '',
    steps,
    ...(warmStart.length > 0 ? { warmStart } : {}),
    evaluations,
    ...(label === null ? {} : { label }),
    finished: paths.some((path) => path.startsWith(`${outputDir}/${FINAL_FOLDER}/`)),
  };
}

/** Settings that an older run does not know have their defaults, as when it is resumed. */
function parseSettings(text: string | null): Settings | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const inner: unknown = 'settings' in value ? value.settings : value;
    if (typeof inner !== 'object' || inner === null || !('mode' in inner)) return null;
    const known = inner as Partial<Settings>;
    if (!MODES.some((mode) => mode === known.mode)) return null;
    return { ...defaultSettings(schemaNear(known.environment)), ...known } as Settings;
  } catch {
    return null;
  }
}
