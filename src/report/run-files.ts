/**
 * The names in a run's folder, which every room takes from here; what the files hold and in which order they are written
 * is told in docs/run-folder.md. Pure, without imports.
 */

/** The settings of the run. */
export const CONFIG_FILE = 'config.json';
/** One line per step. */
export const METRICS_FILE = 'metrics.jsonl';
/** One line per rollout, with the setting `saveRollouts`. */
export const ROLLOUTS_FILE = 'rollouts.jsonl';
/** One line per supervised step of the warm start. */
export const WARM_START_FILE = 'warm_start.jsonl';
/** Says which files are the run's, with checksums, and which checkpoints count. */
export const INDEX_FILE = 'runs.json';
/** Says who writes in the folder now. */
export const LOCK_FILE = 'run.lock';
export const EVAL_LOGS = 'eval_logs';

export const BEST_FOLDER = 'best_model';
export const FINAL_FOLDER = 'final';
/** The adapter as GRPO starts with it, which KL refers to. */
export const WARM_START_FOLDER = 'warm_start';

/** As PEFT names them. */
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
export const ADAPTER_CONFIG = 'adapter_config.json';
/** All weights, of a run without an adapter. */
export const MODEL_WEIGHTS = 'model.safetensors';
/** For people and tools that find an adapter later; written last in its folder. */
export const METADATA_FILE = 'metadata.json';
/** Parameters and Adam's moments. */
export const OPTIMIZER_FILE = 'optimizer.safetensors';
/** What a resumed run must know beside the parameters. */
export const STATE_FILE = 'trainer_state.json';

const CHECKPOINT = /^checkpoint-(?:(0|[1-9]\d*)|minus-([1-9]\d*))$/;
const EVAL_LOG = /^eval_step_(\d{4,})\.json$/;
const BASELINE_LOG = /^baseline_eval_\d{8}_\d{6}\.json$/;
const RESUME_FILES: ReadonlySet<string> = new Set([OPTIMIZER_FILE, STATE_FILE]);
const ADAPTER_FILES: ReadonlySet<string> = new Set([
  ADAPTER_WEIGHTS,
  ADAPTER_CONFIG,
  MODEL_WEIGHTS,
  METADATA_FILE,
]);
/** Each line names its step. */
export const GROWING_FILES: readonly string[] = [METRICS_FILE, WARM_START_FILE, ROLLOUTS_FILE];

const TOP_FILES: ReadonlySet<string> = new Set([CONFIG_FILE, ...GROWING_FILES, INDEX_FILE, LOCK_FILE]);

export type CheckpointName = `checkpoint-${number}` | `checkpoint-minus-${number}`;

/** @param step below zero in a warm start, which ends with step 0 */
export function checkpointName(step: number): CheckpointName {
  return step < 0 ? `checkpoint-minus-${-step}` : `checkpoint-${step}`;
}

/** The step of a checkpoint's name; null for any other name. */
export function checkpointStep(name: string): number | null {
  const match = CHECKPOINT.exec(name);
  if (match === null) return null;
  const step = match[2] === undefined ? Number(match[1]) : -Number(match[2]);
  return Number.isSafeInteger(step) ? step : null;
}

/** Path of the log of the evaluation after a step. */
export function evalLogPath(step: number): string {
  return `${EVAL_LOGS}/eval_step_${String(step).padStart(4, '0')}.json`;
}

/** Path of the log of the evaluation before the first step. `milliseconds` since the epoch; the name is in UTC. */
export function baselineLogPath(milliseconds: number): string {
  const stamp = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return `${EVAL_LOGS}/baseline_eval_${stamp}.json`;
}

/** `YYYY-MM-DD` (UTC) from the name of a baseline's log; null for any other name. */
export function baselineLogDate(name: string): string | null {
  const match = /^baseline_eval_(\d{4})(\d\d)(\d\d)_/.exec(name);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}`;
}

/** The step of an evaluation's log, 0 for a baseline; null for any other path. */
export function evalLogStep(path: string): number | null {
  const [folder = '', name = '', ...more] = path.split('/');
  if (folder !== EVAL_LOGS || more.length > 0) return null;
  if (BASELINE_LOG.test(name)) return 0;
  const match = EVAL_LOG.exec(name);
  return match === null ? null : Number(match[1]);
}

/** Whether a folder of that name holds an adapter: best_model, final, checkpoint-N. */
export function isAdapterFolder(name: string): boolean {
  return [BEST_FOLDER, FINAL_FOLDER, WARM_START_FOLDER].includes(name) || checkpointStep(name) !== null;
}

/** The first part of a path inside a run's folder. */
export function topName(path: string): string {
  return path.split('/', 1)[0] ?? '';
}

/** Whether a run writes files of that path, relative to its folder. Nothing else is ever written, replaced or removed. */
export function isRunPath(path: string): boolean {
  const [folder = '', name, ...more] = path.split('/');
  if (name === undefined) return TOP_FILES.has(folder);
  if (more.length > 0) return false;
  if (checkpointStep(folder) !== null) return ADAPTER_FILES.has(name) || RESUME_FILES.has(name);
  if (isAdapterFolder(folder)) return ADAPTER_FILES.has(name);
  return evalLogStep(path) !== null;
}

/** Whether a file grows line by line while the run goes on, so that it may be longer than the index knows. */
export function isGrowing(path: string): boolean {
  return GROWING_FILES.includes(path);
}

/** Whether a file of an adapter's folder goes out with the adapter; the others serve only a resumed run. */
export function isExported(name: string): boolean {
  return !RESUME_FILES.has(name);
}

/** The order in which adapters are offered: the best, then the final one, then checkpoints from the newest. */
export function adapterOrder(a: string, b: string): number {
  return adapterRank(a) - adapterRank(b);
}

function adapterRank(name: string): number {
  if (name === BEST_FOLDER) return -Infinity;
  if (name === FINAL_FOLDER) return Number.MIN_SAFE_INTEGER;
  return -(checkpointStep(name) ?? 0.5);
}

/** The names to try for a new run: `wanted`, then `wanted-2`, `wanted-3`, … */
export function* outputDirs(wanted: string): Generator<string, never> {
  yield wanted;
  for (let n = 2; ; n++) yield `${wanted}-${n}`;
}
