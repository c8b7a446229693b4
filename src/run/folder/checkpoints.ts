/**
 * Checkpoints of a run. A checkpoint counts when the index names it, and the index that names it is written after all its
 * files, so a crash in the middle of a save leaves the one before in force.
 */
import {
  BEST_FOLDER,
  checkpointName,
  checkpointStep,
  EVAL_LOGS,
  evalLogStep,
  FINAL_FOLDER,
  WARM_START_FOLDER,
  isExported,
  METADATA_FILE,
  OPTIMIZER_FILE,
  STATE_FILE,
  topName,
} from '../../report/run-files';
import { told } from '../../errors';
import { TrainingError } from '../../errors/training';
import type { DamagedFile } from '../../errors/texts/damage';
import type { Settings } from '../../settings/settings';
import { sameRecord, type FileRecord } from './checksum';
import {
  isStateFile,
  optimizerFile,
  readOptimizer,
  type Checkpoint,
  type StateFile,
} from './checkpoint-files';
import { formatDamages } from './checkpoint-format';
import { json, parseJson } from './json';
import type { RunFolder } from './run-folder';
import type { IndexEntry } from './run-index';

export type Files = ReadonlyMap<string, Uint8Array>;
export type Metadata = Readonly<Record<string, unknown>>;

export class Checkpoints {
  readonly folder: RunFolder;

  constructor(folder: RunFolder) {
    this.folder = folder;
  }

  get latest(): IndexEntry | null {
    return this.folder.checkpoints.at(-1) ?? null;
  }

  get best(): IndexEntry | null {
    return this.#named(this.folder.best);
  }

  /**
   * Where a run goes on: null when there is no checkpoint at all.
   * @throws TrainingError when the one asked for by name is not there
   */
  choose(resume: Exclude<Settings['resume'], 'no'>): IndexEntry | null {
    if (resume === 'latest') return this.latest;
    if (resume === 'best') return this.best ?? this.latest;
    const entry = this.#named(resume);
    if (entry !== null) return entry;
    const names = this.folder.checkpoints.map(({ path }) => path);
    throw TrainingError.of('training/no-such-checkpoint', { name: resume, known: names });
  }

  /** @throws TrainingError naming every file that is missing or damaged, and the checkpoint to take instead. */
  async load(entry: IndexEntry): Promise<Checkpoint> {
    const found = await this.#tryLoad(entry);
    if ('state' in found) return found;
    throw TrainingError.of('training/checkpoint-damaged', {
      path: entry.path,
      damaged: found.damages,
      whole: await this.#insteadOf(entry),
    });
  }

  /** Lets what came after a step count no more, and removes what a crash left half-written. */
  async goOnFrom({ step, best }: Pick<StateFile, 'step' | 'best'>): Promise<void> {
    const { folder } = this;
    const kept = folder.checkpoints.filter((entry) => entry.step <= step);
    if (kept.length !== folder.checkpoints.length) {
      const bestPath = best === null ? null : checkpointName(best.step);
      await folder.commit(kept, kept.some(({ path }) => path === bestPath) ? bestPath : null);
    }
    const leftovers = this.#unlisted(kept).filter((path) => folder.files.get(path) === null);
    const later = folder.filesOf(EVAL_LOGS).filter((path) => (evalLogStep(path) ?? 0) > step);
    if (await folder.remove([...leftovers, ...later])) await folder.commit();
  }

  /**
   * Writes a checkpoint, then the index, then `best_model/` when it is the best; then removes what is not kept.
   * @param adapter a PEFT folder's files
   * @param keep most checkpoints to keep beside the best; 0 keeps all
   */
  async save(checkpoint: Checkpoint, adapter: Files, metadata: Metadata, keep: number): Promise<string> {
    const { folder } = this;
    const { step, best: bestSoFar, lastEvaluation } = checkpoint.state;
    const path = checkpointName(step);
    await this.#writeCheckpoint(path, checkpoint, adapter, metadata);
    const accuracy = lastEvaluation?.step === step ? lastEvaluation.accuracy : null;
    const best = bestSoFar?.step === step ? path : folder.best;
    const all = [...folder.checkpoints.filter((other) => other.step < step), { path, step, accuracy }];
    const kept = all.filter((other, i) => keep === 0 || all.length - i <= keep || other.path === best);
    const dropped = this.#unlisted(kept);
    const isBest = best === path;
    await folder.mark([...(isBest ? names(BEST_FOLDER, adapter) : []), ...dropped]);
    await folder.commit(kept, best);
    if (isBest) await this.#writeAdapter(BEST_FOLDER, adapter, metadata);
    const removed = await folder.remove(dropped);
    if (isBest || removed) await folder.commit();
    return path;
  }

  /** The adapter as GRPO starts with it. Written before the checkpoint of step 0, so whoever resumes there finds it. */
  async writeWarmStart(adapter: Files, metadata: Metadata): Promise<void> {
    await this.folder.claim(names(WARM_START_FOLDER, adapter));
    await this.#writeAdapter(WARM_START_FOLDER, adapter, metadata);
    await this.folder.commit();
  }

  /** @throws TrainingError when the adapter of the warm start is missing or damaged */
  async readWarmStart(): Promise<Files> {
    const damages = await this.folder.damages(WARM_START_FOLDER);
    const files = new Map<string, Uint8Array>();
    for (const path of this.folder.filesOf(WARM_START_FOLDER)) {
      const bytes = await this.folder.read(path);
      if (bytes !== null) files.set(path.slice(WARM_START_FOLDER.length + 1), bytes);
    }
    if (damages.length === 0 && files.size > 0) return files;
    throw TrainingError.of('training/reference-damaged', { folder: WARM_START_FOLDER, damaged: damages });
  }

  async writeFinal(adapter: Files, metadata: Metadata): Promise<void> {
    await this.folder.claim(names(FINAL_FOLDER, adapter));
    await this.#writeAdapter(FINAL_FOLDER, adapter, metadata);
    await this.folder.commit();
  }

  /**
   * Copies the best checkpoint's adapter to `best_model/` again, when a crash or damage left that copy unlike it. Answers
   * whether it had to.
   */
  async repairBest(): Promise<boolean> {
    const { best, folder } = this;
    if (best === null) return false;
    const own = folder.filesOf(best.path).map((path) => path.slice(best.path.length + 1));
    const copied = own.filter(isExported).filter((name) => name !== METADATA_FILE);
    const isSame = [...copied, METADATA_FILE].every((name) => {
      const [a, b] = [best.path, BEST_FOLDER].map((place) => folder.files.get(`${place}/${name}`) ?? null);
      return a && b && sameRecord(a, b);
    });
    if (isSame && (await folder.damages(BEST_FOLDER)).length === 0) return false;
    if ((await folder.damages(best.path)).length > 0) return false;
    await folder.claim([...copied, METADATA_FILE].map((name) => `${BEST_FOLDER}/${name}`));
    for (const name of [...copied, METADATA_FILE]) {
      const bytes = await folder.read(`${best.path}/${name}`);
      if (bytes !== null) await folder.write(`${BEST_FOLDER}/${name}`, bytes);
    }
    return true;
  }

  #named(path: string | null): IndexEntry | null {
    return this.folder.checkpoints.find((entry) => entry.path === path) ?? null;
  }

  /** Files of checkpoints that the list does not name. */
  #unlisted(listed: readonly IndexEntry[]): string[] {
    const alive = new Set(listed.map(({ path }) => path));
    return [...this.folder.files.keys()].filter((path) => {
      const folder = topName(path);
      return checkpointStep(folder) !== null && !alive.has(folder);
    });
  }

  async #tryLoad({
    path,
    step,
  }: IndexEntry): Promise<Checkpoint | { readonly damages: readonly DamagedFile[] }> {
    const damages = await this.folder.damages(path);
    for (const name of [OPTIMIZER_FILE, STATE_FILE]) {
      if (!this.folder.files.has(`${path}/${name}`))
        damages.push({ path: `${path}/${name}`, damage: 'missing' });
    }
    if (damages.length > 0) return { damages };
    const state = parseJson(await this.folder.read(`${path}/${STATE_FILE}`));
    if (!isStateFile(state) || state.step !== step) {
      return { damages: [{ path: `${path}/${STATE_FILE}`, damage: { noStateOfStep: step } }] };
    }
    if (state.files === undefined) {
      // Of an older version: its checkpoints have no checksums.
      const found = await formatDamages((name) => this.folder.read(`${path}/${name}`), state);
      if (found.length > 0)
        return { damages: found.map((file) => ({ ...file, path: `${path}/${file.path}` })) };
    }
    const origin = `${path}/${OPTIMIZER_FILE}`;
    const bytes = (await this.folder.read(origin)) ?? new Uint8Array();
    try {
      return { state, optimizer: readOptimizer(bytes, origin) };
    } catch (error) {
      return { damages: [{ path: origin, damage: { unreadable: told(error) } }] };
    }
  }

  /** What to do instead: the nearest whole checkpoint before it, else one after it. */
  async #insteadOf({ step }: IndexEntry): Promise<string | null> {
    const before = this.folder.checkpoints.filter((other) => other.step < step).reverse();
    const after = this.folder.checkpoints.filter((other) => other.step > step);
    for (const other of [...before, ...after]) {
      if ('state' in (await this.#tryLoad(other))) return other.path;
    }
    return null;
  }

  async #writeCheckpoint(
    path: string,
    { state, optimizer }: Checkpoint,
    adapter: Files,
    metadata: Metadata,
  ): Promise<void> {
    const { folder } = this;
    const own = [OPTIMIZER_FILE, STATE_FILE].map((name) => `${path}/${name}`);
    await folder.claim([...names(path, adapter), ...own]);
    await folder.write(`${path}/${OPTIMIZER_FILE}`, optimizerFile(optimizer));
    for (const [name, bytes] of adapter) await folder.write(`${path}/${name}`, bytes);
    const files: Record<string, FileRecord> = {};
    for (const name of [...adapter.keys(), OPTIMIZER_FILE]) {
      const record = folder.files.get(`${path}/${name}`);
      if (record) files[name] = record;
    }
    const stateFile: StateFile = { ...state, files };
    await folder.write(`${path}/${STATE_FILE}`, json(stateFile));
    await folder.write(`${path}/${METADATA_FILE}`, json(metadata));
  }

  /** Its metadata is written last and tells whether the copy is whole. */
  async #writeAdapter(place: string, adapter: Files, metadata: Metadata): Promise<void> {
    for (const [name, bytes] of adapter) await this.folder.write(`${place}/${name}`, bytes);
    await this.folder.write(`${place}/${METADATA_FILE}`, json(metadata));
  }
}

function names(place: string, adapter: Files): string[] {
  return [...adapter.keys(), METADATA_FILE].map((name) => `${place}/${name}`);
}
