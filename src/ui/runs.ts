/** Runs as folders of the browser's storage: what is there, what can go on. Pure but for `loadRun`. */
import type { EvalSummary, StepMetrics } from '../grpo/types';
import {
  adapterOrder,
  BEST_FOLDER,
  checkpointStep,
  CONFIG_FILE,
  EVAL_LOGS,
  FINAL_FOLDER,
  isAdapterFolder,
  METRICS_FILE,
} from '../report/run-files';
import type { Settings } from '../settings/settings';
import { schemaNear } from '../env/settings';
import { defaultSettings } from '../settings/schema';
import type { TrainerApi } from '../../workers/api';
import type { RunRecord } from './state';

/** An output folder found in storage. */
export interface StoredRun {
  readonly outputDir: string;
  /** Adapter folders, best first, then final, then checkpoints from the newest. */
  readonly adapters: readonly string[];
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
    else if (parts.length > 1 && name === METRICS_FILE) entry(parts.slice(0, -1).join('/')).hasMetrics = true;
  }
  return [...found].map(([outputDir, { adapters, hasMetrics }]) => ({
    outputDir,
    adapters: [...adapters].sort(adapterOrder),
    hasMetrics,
    unfinished: !adapters.has(FINAL_FOLDER) && [...adapters].some((name) => checkpointStep(name) !== null),
  }));
}

export function adapterLabel(name: string): string {
  if (name === BEST_FOLDER) return 'Best model (highest validation accuracy)';
  if (name === FINAL_FOLDER) return 'Final (after the last step)';
  return `Checkpoint after step ${checkpointStep(name) ?? '?'}`;
}

/** Lines that are not whole JSON objects (the last one after a crash) are left out. */
export function parseLines<T>(text: string, isOne: (value: object) => boolean): T[] {
  const items: T[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && isOne(value)) items.push(value as T);
    } catch {
      continue;
    }
  }
  return items;
}

export function parseMetrics(text: string): StepMetrics[] {
  const lines = parseLines<StepMetrics>(text, (v) => 'step' in v && 'rewardMean' in v && 'accuracy' in v);
  // A resumed run writes the steps after its checkpoint again; the later line counts.
  return [...new Map(lines.map((line) => [line.step, line])).values()].sort((a, b) => a.step - b.step);
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
  if (steps.length === 0) return null;
  const evaluations: EvalSummary[] = [];
  for (const path of paths) {
    if (!path.startsWith(`${outputDir}/${EVAL_LOGS}/`) || !/\.jsonl?$/.test(path)) continue;
    evaluations.push(...parseEvaluations((await text(path)) ?? ''));
  }
  evaluations.sort((a, b) => a.step - b.step);
  return {
    id: `stored:${outputDir}`,
    outputDir,
    origin: 'stored',
    settings: parseSettings(await text(`${outputDir}/${CONFIG_FILE}`)),
    preset: '',
    steps,
    evaluations,
    finished: paths.some((path) => path.startsWith(`${outputDir}/${FINAL_FOLDER}/`)),
  };
}

/** Evaluation summaries of a log: one JSON object, a JSON object with a `summary`, or one per line. */
export function parseEvaluations(text: string): EvalSummary[] {
  const isSummary = (v: object) => 'accuracy' in v && 'split' in v && 'step' in v;
  try {
    const whole: unknown = JSON.parse(text);
    if (typeof whole !== 'object' || whole === null) return [];
    const inner: unknown = 'summary' in whole ? whole.summary : whole;
    return typeof inner === 'object' && inner !== null && isSummary(inner) ? [summaryOf(inner)] : [];
  } catch {
    return parseLines<object>(text, isSummary).map(summaryOf);
  }
}

/** Counts in the summaries of earlier versions, and the metrics whose means they are when divided by the questions. */
const EARLIER_COUNTS = {
  attemptedAnswer: 'attempted_answer',
  foundCorrectEmail: 'ever_found_right_email',
  readCorrectEmail: 'ever_read_right_email',
  numIdk: 'returned_i_dont_know',
} as const;

function summaryOf(found: object): EvalSummary {
  const summary = found as EvalSummary & Partial<Record<keyof typeof EARLIER_COUNTS, number>>;
  if ('metrics' in found) return { ...summary, rewards: summary.rewards ?? {} };
  const metrics: Record<string, number> = {};
  for (const [count, metric] of Object.entries(EARLIER_COUNTS)) {
    const value = summary[count as keyof typeof EARLIER_COUNTS];
    if (value !== undefined && summary.questions > 0) metrics[metric] = value / summary.questions;
  }
  return { ...summary, metrics, rewards: {} };
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
    return { ...defaultSettings(schemaNear(known.environment)), ...known } as Settings;
  } catch {
    return null;
  }
}
