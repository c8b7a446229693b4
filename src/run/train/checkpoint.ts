/**
 * Checkpoints of a run and the index that makes them safe. A checkpoint counts when `runs.json` names it, and
 * `runs.json` is written after all its files, so a crash in the middle of a save leaves the one before in force.
 */
import { parseSafetensors, toFloat32, writeSafetensors } from '../../formats/safetensors';
import type { RunStore } from '../stores/run-store';
import type { OptimizerState } from '../../engine/types';
import type { Settings } from '../../settings/settings';
import { TrainingError } from '../../grpo/types';

export const METRICS_FILE = 'metrics.jsonl';
/** One line a rollout, with the setting `saveRollouts`. */
export const ROLLOUTS_FILE = 'rollouts.jsonl';
export const CONFIG_FILE = 'config.json';
export const INDEX_FILE = 'runs.json';
export const EVAL_LOGS = 'eval_logs';
export const BEST_FOLDER = 'best_model';
export const FINAL_FOLDER = 'final';

/** What a run must know to go on, beside weights and Adam's state. */
export interface TrainerState {
  readonly format: 1;
  readonly step: number;
  readonly best: { readonly step: number; readonly accuracy: number } | null;
  readonly evalsWithoutImprovement: number;
  readonly lastEvaluation: { readonly step: number; readonly accuracy: number } | null;
  /** Reward of the untouched model by question id; null when it was not measured. */
  readonly baseline: Readonly<Record<string, number>> | null;
  /** SHA-256 of the questions, in order, as {@link questionsHash} forms it. */
  readonly trainQuestionsHash: string;
  readonly evalQuestionsHash: string;
  readonly settings: Settings;
  /** Where the steps so far are recorded. */
  readonly history: { readonly file: string; readonly lines: number };
}

export interface IndexEntry {
  readonly path: string;
  readonly step: number;
  /** Validation accuracy at that step; null when it was not evaluated. */
  readonly accuracy: number | null;
}

/** `runs.json`. Checkpoints are in order of steps; the last one is the latest. */
export interface RunIndex {
  readonly format: 1;
  readonly checkpoints: readonly IndexEntry[];
  /** Path of the checkpoint with the best accuracy; `best_model/` is a copy of its adapter. */
  readonly best: string | null;
}

export type Files = ReadonlyMap<string, Uint8Array>;

export interface Checkpoint {
  readonly state: TrainerState;
  readonly optimizer: OptimizerState;
}

const OPTIMIZER_FILE = 'optimizer.safetensors';
const STATE_FILE = 'trainer_state.json';
const METADATA_FILE = 'metadata.json';

export class Checkpoints {
  readonly #store: RunStore;
  #index: RunIndex = { format: 1, checkpoints: [], best: null };

  constructor(store: RunStore) {
    this.#store = store;
  }

  /** Reads the index of an earlier run. Answers false when there is none. */
  async open(): Promise<boolean> {
    const index = await readJson(this.#store, INDEX_FILE);
    if (index === null) return false;
    if (!isIndex(index)) {
      throw new TrainingError(
        `${INDEX_FILE} of the output folder is not an index of checkpoints. Use another outputDir, or remove the file.`,
      );
    }
    this.#index = index;
    return true;
  }

  get latest(): IndexEntry | null {
    return this.#index.checkpoints.at(-1) ?? null;
  }

  get best(): IndexEntry | null {
    return this.#index.checkpoints.find(({ path }) => path === this.#index.best) ?? null;
  }

  /** Removes everything an earlier run wrote here. The index goes first: what follows counts for nothing without it. */
  async clear(): Promise<void> {
    this.#index = { format: 1, checkpoints: [], best: null };
    await this.#store.remove(INDEX_FILE);
    for (const path of [METRICS_FILE, ROLLOUTS_FILE, EVAL_LOGS, BEST_FOLDER, FINAL_FOLDER, CONFIG_FILE]) {
      await this.#store.remove(path);
    }
    for (const folder of await this.#folders()) await this.#store.remove(folder);
  }

  /** @throws TrainingError naming the file that is missing or damaged. */
  async load({ path }: IndexEntry): Promise<Checkpoint> {
    const file = async (name: string) => {
      const bytes = await this.#store.read(`${path}/${name}`);
      if (bytes !== null) return bytes;
      throw new TrainingError(
        `${path}/${name} is missing, so the run cannot be resumed there. Resume from another checkpoint ` +
          '(resume=latest or best), or start afresh with resume=no.',
      );
    };
    const state: unknown = JSON.parse(new TextDecoder().decode(await file(STATE_FILE)));
    if (!isState(state)) {
      throw new TrainingError(
        `${path}/${STATE_FILE} has not the form of a trainer state of format 1. It was written by another version; ` +
          'start afresh with resume=no.',
      );
    }
    const origin = `${path}/${OPTIMIZER_FILE}`;
    const { tensors, metadata } = parseSafetensors(await file(OPTIMIZER_FILE), origin);
    const array = (name: string) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new TrainingError(`${origin} has no tensor "${name}". Start afresh.`);
      return toFloat32(tensor, name, origin);
    };
    const optimizer = {
      step: Number(metadata['step']),
      parameters: array('parameters'),
      m: array('m'),
      v: array('v'),
    };
    return { state, optimizer };
  }

  /** Forgets checkpoints after a step, in the index first. For resuming from an earlier one than the latest. */
  async truncate(step: number): Promise<void> {
    const kept = this.#index.checkpoints.filter((entry) => entry.step <= step);
    if (kept.length !== this.#index.checkpoints.length) {
      await this.#writeIndex({ ...this.#index, checkpoints: kept });
    }
    await this.#removeUnlisted();
    for (const path of await this.#store.list(`${EVAL_LOGS}/`)) {
      const at = /eval_step_(\d+)\.json$/.exec(path);
      if (at !== null && Number(at[1]) > step) await this.#store.remove(path);
    }
  }

  /**
   * Writes a checkpoint, then the index, then `best_model/` when it is the best; then removes what is not kept.
   * @param adapter a PEFT folder's files.
   * @param keep most checkpoints to keep beside the best; 0 keeps all.
   */
  async save(
    { state, optimizer }: Checkpoint,
    adapter: Files,
    metadata: Readonly<Record<string, unknown>>,
    keep: number,
  ): Promise<string> {
    const { step } = state;
    const path = `checkpoint-${step}`;
    const accuracy = state.lastEvaluation?.step === step ? state.lastEvaluation.accuracy : null;
    await this.#writeFolder(path, adapter, metadata, [
      [OPTIMIZER_FILE, optimizerFile(optimizer)],
      [STATE_FILE, json(state)],
    ]);
    const entry = { path, step, accuracy };
    const best = state.best?.step === step ? path : this.#index.best;
    const all = [...this.#index.checkpoints.filter((other) => other.step < step), entry];
    const checkpoints = all.filter((other, i) => keep === 0 || all.length - i <= keep || other.path === best);
    await this.#writeIndex({ format: 1, checkpoints, best });
    if (best === path) await this.writeBest(adapter, metadata);
    await this.#removeUnlisted();
    return path;
  }

  /** `best_model/`; its metadata is written last and tells whether the copy is whole. */
  async writeBest(adapter: Files, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#writeFolder(BEST_FOLDER, adapter, metadata, []);
  }

  async writeFinal(adapter: Files, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#writeFolder(FINAL_FOLDER, adapter, metadata, []);
  }

  /** Copies the best checkpoint's adapter to `best_model/` again, when a crash left that copy unfinished. */
  async repairBest(): Promise<void> {
    const { best } = this;
    if (best === null) return;
    const metadata = await this.#store.read(`${best.path}/${METADATA_FILE}`);
    const copied = await this.#store.read(`${BEST_FOLDER}/${METADATA_FILE}`);
    if (metadata === null || (copied !== null && sameBytes(metadata, copied))) return;
    const own = new Set([OPTIMIZER_FILE, STATE_FILE, METADATA_FILE]);
    const names = (await this.#store.list(`${best.path}/`)).map((path) => path.slice(best.path.length + 1));
    for (const name of [...names.filter((name) => !own.has(name)), METADATA_FILE]) {
      const bytes = await this.#store.read(`${best.path}/${name}`);
      if (bytes !== null) await this.#store.write(`${BEST_FOLDER}/${name}`, bytes);
    }
  }

  async #writeFolder(
    path: string,
    adapter: Files,
    metadata: Readonly<Record<string, unknown>>,
    more: readonly (readonly [string, Uint8Array])[],
  ): Promise<void> {
    for (const [name, bytes] of [...adapter, ...more]) await this.#store.write(`${path}/${name}`, bytes);
    await this.#store.write(`${path}/${METADATA_FILE}`, json(metadata));
  }

  async #writeIndex(index: RunIndex): Promise<void> {
    await this.#store.write(INDEX_FILE, json(index));
    this.#index = index;
  }

  async #folders(): Promise<string[]> {
    const paths = await this.#store.list('checkpoint-');
    return [...new Set(paths.map((path) => path.split('/', 1)[0] as string))];
  }

  async #removeUnlisted(): Promise<void> {
    const listed = new Set(this.#index.checkpoints.map(({ path }) => path));
    for (const folder of await this.#folders()) {
      if (!listed.has(folder)) await this.#store.remove(folder);
    }
  }
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

async function readJson(store: RunStore, path: string): Promise<unknown> {
  const bytes = await store.read(path);
  if (bytes === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new TrainingError(
      `${path} of the output folder is not JSON. Use another outputDir, or remove the file.`,
      {
        cause,
      },
    );
  }
}

function optimizerFile(state: OptimizerState): Uint8Array {
  const tensor = (data: Float32Array) => ({ shape: [data.length], data });
  return writeSafetensors(
    new Map([
      ['parameters', tensor(state.parameters)],
      ['m', tensor(state.m)],
      ['v', tensor(state.v)],
    ]),
    { format: 'pt', step: String(state.step) },
  );
}

function isIndex(value: unknown): value is RunIndex {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'checkpoints' in value &&
    Array.isArray(value.checkpoints) &&
    'best' in value
  );
}

function isState(value: unknown): value is TrainerState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'step' in value &&
    Number.isInteger(value.step) &&
    'settings' in value &&
    typeof value.settings === 'object' &&
    'evalQuestionsHash' in value
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
