/** Recognising a run's files by what they say, where no index tells whose they are. */
import {
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
  ROLLOUTS_FILE,
  STATE_FILE,
  topName,
  WARM_START_FILE,
  WARM_START_FOLDER,
} from '../../report/run-files';
import type { DamagedFile } from '../../errors/texts/damage';
import type { RunStore } from '../stores/run-store';
import { damageOf } from './checksum';
import { isStateFile, type StateFile } from './checkpoint-files';
import { formatDamages, isMetadata } from './checkpoint-format';
import { hasKeys, parseJson } from './json';

export interface FoundCheckpoint {
  readonly path: string;
  readonly step: number;
  /** Null when {@link problem} says why it cannot be used. */
  readonly state: StateFile | null;
  readonly problem: DamagedFile | null;
}

export interface Recognised {
  /** Files that a run of MailGym wrote. */
  readonly own: readonly string[];
  /** Files and folders that have a run's names and are none of a run's. */
  readonly strangers: readonly string[];
  /** Checkpoints among the own ones, in order of their steps. */
  readonly checkpoints: readonly FoundCheckpoint[];
}

const NEWLINE = 10;
/** What the first line of a log of a run has. */
const LINE_KEYS: Readonly<Record<string, readonly string[]>> = {
  [METRICS_FILE]: ['step', 'rewardMean', 'totalTokens'],
  [WARM_START_FILE]: ['step', 'loss', 'trainedTokens'],
  [ROLLOUTS_FILE]: ['step', 'group', 'token_ids'],
};

/** Everything that has a name of the run's, or lies in a folder that has one; in code-unit order. */
export async function namesakes(store: RunStore): Promise<string[]> {
  const prefixes = [
    CONFIG_FILE,
    METRICS_FILE,
    WARM_START_FILE,
    ROLLOUTS_FILE,
    `${EVAL_LOGS}/`,
    `${BEST_FOLDER}/`,
    `${FINAL_FOLDER}/`,
    `${WARM_START_FOLDER}/`,
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
  const keys = LINE_KEYS[path];
  if (keys !== undefined) {
    const end = bytes.indexOf(NEWLINE);
    return hasKeys(parseJson(end < 0 ? bytes : bytes.subarray(0, end)), ...keys);
  }
  const log = evalLogStep(path) === null ? null : parseJson(bytes);
  return hasKeys(log, 'summary') && hasKeys(log.summary, 'step', 'accuracy', 'split');
}

async function isOwnFolder(store: RunStore, folder: string): Promise<boolean> {
  if (isMetadata(parseJson(await store.read(`${folder}/${METADATA_FILE}`)))) return true;
  return isStateFile(parseJson(await store.read(`${folder}/${STATE_FILE}`)));
}

async function inspectCheckpoint(store: RunStore, path: string, step: number): Promise<FoundCheckpoint> {
  const unusable = (problem: DamagedFile) => ({ path, step, state: null, problem });
  const state = parseJson(await store.read(`${path}/${STATE_FILE}`));
  if (!isStateFile(state) || state.step !== step)
    return unusable({ path: STATE_FILE, damage: 'damaged-or-missing' });
  for (const [name, record] of Object.entries(state.files ?? {})) {
    const damage = isRunPath(`${path}/${name}`)
      ? await damageOf(await store.read(`${path}/${name}`), record)
      : null;
    if (damage !== null) return unusable({ path: name, damage });
  }
  const [damage] = await formatDamages((name) => store.read(`${path}/${name}`), state);
  return damage === undefined ? { path, step, state, problem: null } : unusable(damage);
}
