/** From a source to the tasks of all splits. */
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import { SPLITS, type Split, type Task, type TaskSource } from '../types';
import { splitFiles } from './files';
import type { JudgeMaker } from './checks';
import { readRecords, type RowRecord } from './records';
import type { RowsSettings } from './settings';
import { deal, type Splits } from './split';
import { fallbackId, rowTask } from './task';

export interface LoadOptions {
  readonly settings: RowsSettings;
  /** Tried on every row, so that a row that cannot be checked is named before the run. */
  readonly makeJudge: JudgeMaker;
  readonly signal?: AbortSignal;
}

/**
 * Splits without a file of their own are dealt from train's; without files named by a split, from the single file there is.
 * A source with files for validation or test alone has no tasks to train on.
 * @throws EnvironmentError when files are missing or a row is not sound.
 */
export async function loadTasks(source: TaskSource, options: LoadOptions): Promise<Splits> {
  const once = readingOnce(source);
  const files = await splitFiles(once);
  const ids = new Ids();
  const read = async (paths: readonly string[], split: Split): Promise<Task[]> => {
    const tasks: Task[] = [];
    for (const path of paths) {
      options.signal?.throwIfAborted();
      for (const record of await readRecords(once, path)) tasks.push(taskOf(record, split, ids, options));
    }
    return tasks;
  };
  const main = await read(files.train ?? files.all ?? [], 'train');
  const own = { validation: files.validation, test: files.test };
  const missing = (['validation', 'test'] as const).filter((split) => own[split] === undefined);
  const splits = deal(main, missing);
  for (const split of ['validation', 'test'] as const) {
    const paths = own[split];
    if (paths !== undefined) splits[split] = await read(paths, split);
  }
  if (SPLITS.every((split) => splits[split].length === 0)) {
    throw EnvironmentError.of('environment/no-rows', { dataset: source.name });
  }
  return splits;
}

/** Finding files by trying their names reads them, too. */
function readingOnce(source: TaskSource): TaskSource {
  const reads = new Map<string, Promise<Uint8Array>>();
  return {
    name: source.name,
    list: () => source.list(),
    read(path) {
      const read = reads.get(path) ?? source.read(path);
      reads.set(path, read);
      return read;
    },
  };
}

function taskOf(record: RowRecord, split: Split, ids: Ids, { settings, makeJudge }: LoadOptions): Task {
  const row = rowTask(record, settings);
  makeJudge(row.answer, record.where);
  return { ...row, id: ids.of(row.id, fallbackId(row), split, record.where) };
}

/** Gives every task an id that no other has. */
class Ids {
  readonly #taken = new Map<string, { readonly split: Split; readonly where: Place }>();

  /**
   * An id that another split has too, as rows are often numbered in each, begins with the split. Equal rows without ids
   * are numbered.
   * @throws EnvironmentError when two rows of a split have the same id.
   */
  of(own: string | null, fallback: string, split: Split, where: Place): string {
    let id = own ?? fallback;
    if (own === null) {
      for (let n = 2; this.#taken.has(id); n++) id = `${fallback}-${n}`;
    } else {
      const other = this.#taken.get(id);
      if (other !== undefined && other.split !== split) id = `${split}/${own}`;
      const same = this.#taken.get(id);
      if (same !== undefined) {
        throw EnvironmentError.of('environment/row-id-twice', { where, id: own, other: same.where });
      }
    }
    this.#taken.set(id, { split, where });
    return id;
  }
}
