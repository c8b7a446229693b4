/** A run as files that go out of the page: what each holds of the mail is known before it is written. Pure. */
import { zipFiles } from '../../formats/zip';
import { CONFIG_FILE, EVAL_LOGS, METRICS_FILE, ROLLOUTS_FILE, WARM_START_FILE } from '../../report/run-files';
import {
  KEPT_FOLLOWED,
  keptStep,
  plainTrajectory,
  type TrajectoryBatch,
} from '../../report/kept-trajectories';
import type { RunRecord } from '../state';
import { KEPT_LOG } from './kept';
import { LABEL_FILE } from './label';

export interface ZipChoice {
  /** Questions, answers and what was read to find them. */
  readonly texts: boolean;
  /** The best and the final adapter. */
  readonly adapters: boolean;
}

/** What a path of a run's folder is to an export; null: it never goes out. */
export type Part = 'numbers' | 'label' | 'texts' | 'evaluation' | 'adapter';

/** @param path inside the run's folder */
export function partOf(path: string): Part | null {
  if (path === LABEL_FILE) return 'label';
  // The log names questions where the run was told to be verbose.
  if (path === KEPT_LOG || path === KEPT_FOLLOWED || path === ROLLOUTS_FILE || keptStep(`/${path}`) !== null)
    return 'texts';
  if ([CONFIG_FILE, METRICS_FILE, WARM_START_FILE].includes(path)) return 'numbers';
  if (path.startsWith(`${EVAL_LOGS}/`)) return 'evaluation';
  if (/^(best_model|final)\//.test(path)) return 'adapter';
  return null;
}

/** Paths that go into the zip. */
export function zipPaths(paths: readonly string[], { texts, adapters }: ZipChoice): string[] {
  return paths.filter((path) => {
    const part = partOf(path);
    return part !== null && (texts || part !== 'texts') && (adapters || part !== 'adapter');
  });
}

/**
 * The zip of a run, which this page takes back. Without texts an evaluation keeps its numbers alone: its rows have
 * questions and answers.
 * @param files by path inside the run's folder, as {@link zipPaths} has them
 */
export function runZip(files: ReadonlyMap<string, Uint8Array>, { texts }: ZipChoice): Uint8Array {
  const out = new Map<string, Uint8Array>();
  for (const [path, bytes] of files)
    out.set(path, texts || partOf(path) !== 'evaluation' ? bytes : summaryOnly(bytes));
  return zipFiles(out);
}

function summaryOnly(bytes: Uint8Array): Uint8Array {
  let summary: unknown = null;
  try {
    summary = (JSON.parse(new TextDecoder().decode(bytes)) as { readonly summary?: unknown } | null)?.summary;
  } catch {
    // What cannot be read cannot be cleared of texts either.
  }
  return new TextEncoder().encode(JSON.stringify({ summary: summary ?? null }));
}

/** One line per step with every number of it, evaluations beside; empty where a step has none. RFC 4180. */
export function curvesCsv({ steps, evaluations }: RunRecord): string {
  const at = [...new Set([...steps, ...evaluations].map(({ step }) => step))].sort((a, b) => a - b);
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))].filter((name) => name !== 'step');
  const rows = at.map((step) => {
    const metrics: Readonly<Record<string, unknown>> = { ...steps.find((one) => one.step === step) };
    const found = (split: string) => evaluations.find((e) => e.step === step && e.split === split);
    return [
      step,
      ...names.map((name) => metrics[name]),
      ...EVALUATED.flatMap((split) => [found(split)?.accuracy, found(split)?.avgReward]),
    ];
  });
  const head = [
    'step',
    ...names,
    ...EVALUATED.flatMap((split) => [`${split}/accuracy`, `${split}/avgReward`]),
  ];
  return csv([head, ...rows]);
}

const EVALUATED = ['validation', 'test'] as const;

/** Comma-separated, with quotes where a value needs them. */
export function csv(rows: readonly (readonly unknown[])[]): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Settings, steps and evaluations as they are. */
export function curvesJson({ settings, steps, warmStart = [], evaluations, label }: RunRecord): string {
  const name = label?.name ?? '';
  return `${JSON.stringify({ name, settings, steps, warmStart, evaluations }, null, 2)}\n`;
}

/** One trajectory a line, with its step. */
export function trajectoriesJsonl(batches: readonly TrajectoryBatch[]): string {
  return batches
    .flatMap(({ step, items }) =>
      items.map((item) => `${JSON.stringify({ step, ...plainTrajectory(item) })}\n`),
    )
    .join('');
}
