/** Recognising a run's files by what they say, where no index tells whose they are. */
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  BEST_FOLDER,
  checkpointStep,
  CONFIG_FILE,
  EVAL_LOGS,
  evalLogStep,
  FINAL_FOLDER,
  isAdapterFolder,
  isRunPath,
  METADATA_FILE,
  METRICS_FILE,
  MODEL_WEIGHTS,
  OPTIMIZER_FILE,
  STATE_FILE,
  topName,
} from '../../report/run-files';
import type { RunStore } from '../stores/run-store';
import { damageOf } from './checksum';
import { isStateFile, readOptimizer, type StateFile } from './checkpoint-files';
import { hasKeys, parseJson } from './json';

export interface FoundCheckpoint {
  readonly path: string;
  readonly step: number;
  /** Null when {@link problem} says why it cannot be used. */
  readonly state: StateFile | null;
  readonly problem: string | null;
}

export interface Recognised {
  /** Files that a run of MailGym wrote. */
  readonly own: readonly string[];
  /** Files and folders that have a run's names and are none of a run's. */
  readonly strangers: readonly string[];
  /** Checkpoints among the own ones, in order of their steps. */
  readonly checkpoints: readonly FoundCheckpoint[];
}

/** Everything that has a name of the run's, or lies in a folder that has one; in code-unit order. */
export async function namesakes(store: RunStore): Promise<string[]> {
  const prefixes = [
    CONFIG_FILE,
    METRICS_FILE,
    `${EVAL_LOGS}/`,
    `${BEST_FOLDER}/`,
    `${FINAL_FOLDER}/`,
    'checkpoint-',
  ];
  const found: string[] = [];
  for (const prefix of prefixes) found.push(...(await store.list(prefix)));
  return found.filter((path) => isRunPath(path) || isAdapterFolder(topName(path))).sort();
}

export async function recognise(store: RunStore, paths: readonly string[]): Promise<Recognised> {
  const own: string[] = [];
  const strangers: string[] = [];
  const checkpoints: FoundCheckpoint[] = [];
  const sort = (isOwn: boolean, files: readonly string[], name: string) =>
    isOwn ? own.push(...files.filter(isRunPath)) : strangers.push(name);
  for (const path of paths.filter((name) => !isAdapterFolder(topName(name)))) {
    sort(await isOwnRecord(store, path), [path], path);
  }
  for (const folder of new Set(paths.map(topName).filter(isAdapterFolder))) {
    const files = paths.filter((path) => path.startsWith(`${folder}/`));
    const isOwn = await isOwnFolder(store, folder);
    sort(isOwn, files, `${folder}/`);
    const step = checkpointStep(folder);
    if (isOwn && step !== null) checkpoints.push(await inspectCheckpoint(store, folder, step));
  }
  checkpoints.sort((a, b) => a.step - b.step);
  return { own, strangers, checkpoints };
}

/** Whether config.json or metrics.jsonl are those of a run. */
export async function isRunFolder(store: RunStore): Promise<boolean> {
  return (await isOwnRecord(store, CONFIG_FILE)) || (await isOwnRecord(store, METRICS_FILE));
}

async function isOwnRecord(store: RunStore, path: string): Promise<boolean> {
  const bytes = await store.read(path);
  if (bytes === null) return false;
  if (path === CONFIG_FILE) {
    return hasKeys(parseJson(bytes), 'mode', 'model', 'dataset', 'seed', 'maxSteps', 'outputDir');
  }
  if (path === METRICS_FILE) {
    const [line = ''] = new TextDecoder().decode(bytes).split('\n');
    const record = parseJson(new TextEncoder().encode(line));
    return hasKeys(record, 'step', 'rewardMean', 'totalTokens');
  }
  const log = evalLogStep(path) === null ? null : parseJson(bytes);
  return hasKeys(log, 'summary') && hasKeys(log.summary, 'step', 'accuracy', 'split');
}

async function isOwnFolder(store: RunStore, folder: string): Promise<boolean> {
  if (isMetadata(parseJson(await store.read(`${folder}/${METADATA_FILE}`)))) return true;
  return isStateFile(parseJson(await store.read(`${folder}/${STATE_FILE}`)));
}

function isMetadata(value: unknown): value is { step: unknown; trainQuestionsHash: unknown } {
  return hasKeys(value, 'step', 'mode', 'model', 'trainQuestionsHash', 'settings');
}

async function inspectCheckpoint(store: RunStore, path: string, step: number): Promise<FoundCheckpoint> {
  const unusable = (problem: string) => ({ path, step, state: null, problem });
  const state = parseJson(await store.read(`${path}/${STATE_FILE}`));
  const metadata = parseJson(await store.read(`${path}/${METADATA_FILE}`));
  if (!isStateFile(state) || state.step !== step) return unusable(`${STATE_FILE} is damaged or missing`);
  // Written last: without it the save was never finished. The two must be of one save.
  if (!isMetadata(metadata)) return unusable(`${METADATA_FILE} is damaged or missing`);
  if (metadata.step !== step || metadata.trainQuestionsHash !== state.trainQuestionsHash) {
    return unusable(`${METADATA_FILE} is of another save than ${STATE_FILE}`);
  }
  for (const [name, record] of Object.entries(state.files ?? {})) {
    const damage = isRunPath(`${path}/${name}`)
      ? await damageOf(await store.read(`${path}/${name}`), record)
      : null;
    if (damage !== null) return unusable(`${name} ${damage}`);
  }
  if (
    (await store.read(`${path}/${ADAPTER_WEIGHTS}`)) === null ||
    (await store.read(`${path}/${ADAPTER_CONFIG}`)) === null
  ) {
    if ((await store.read(`${path}/${MODEL_WEIGHTS}`)) === null)
      return unusable(`${ADAPTER_WEIGHTS} is missing`);
  }
  try {
    readOptimizer((await store.read(`${path}/${OPTIMIZER_FILE}`)) ?? new Uint8Array(), OPTIMIZER_FILE);
  } catch (error) {
    return unusable(`${OPTIMIZER_FILE} cannot be read (${(error as Error).message})`);
  }
  return { path, step, state, problem: null };
}
