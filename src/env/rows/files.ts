/** Which files of a source hold which split, by their names, as Hugging Face's datasets are laid out. */
import { EnvironmentError } from '../errors';
import { SPLITS, type Split, type TaskSource } from '../types';

/** Paths of each split in order; `all` where a single file of another name is to be split. */
export type SplitFiles = Readonly<Partial<Record<Split | 'all', readonly string[]>>>;

const WORDS: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev', 'eval'],
  test: ['test'],
};
const EXTENSIONS = ['jsonl', 'ndjson', 'parquet'];
const DATA_FILE = new RegExp(`\\.(?:${EXTENSIONS.join('|')})$`, 'i');

/**
 * Where the source cannot list its files, the usual names are tried; files in several parts are then not found.
 * @throws EnvironmentError when no file is a split's, or a split has files in several folders or formats.
 */
export async function splitFiles(source: TaskSource): Promise<SplitFiles> {
  const paths = (await source.list()) ?? (await probe(source));
  const data = paths.filter((path) => DATA_FILE.test(path)).sort();
  const files: Partial<Record<Split, string[]>> = {};
  for (const path of data) {
    const split = splitOf(path);
    if (split !== null) (files[split] ??= []).push(path);
  }
  if (Object.keys(files).length > 0) {
    for (const split of SPLITS) assertOnePlace(source, split, files[split] ?? []);
    return files;
  }
  if (data.length === 1) return { all: data };
  throw EnvironmentError.of('environment/no-row-files', { dataset: source.name, found: data });
}

/** By the first word of the file's name, or the name of its folder: `train-00000-of-00002`, `train/0000`. */
function splitOf(path: string): Split | null {
  const [name = '', folder = ''] = path.toLowerCase().split('/').reverse();
  const [word = ''] = name.split(/[-_.]/);
  return (
    SPLITS.find((split) => WORDS[split].includes(word)) ??
    SPLITS.find((split) => WORDS[split].includes(folder)) ??
    null
  );
}

/** Several configurations in one dataset, or one split in two formats, would silently be mixed. */
function assertOnePlace(source: TaskSource, split: Split, paths: readonly string[]): void {
  const places = new Set(paths.map((path) => `${path.replace(/[^/]*$/, '')}*.${path.split('.').at(-1)}`));
  if (places.size < 2) return;
  throw EnvironmentError.of('environment/split-in-places', {
    dataset: source.name,
    split,
    places: [...places],
  });
}

/** The names that are tried at a site that cannot list its files. */
export function usualNames(): string[] {
  return SPLITS.flatMap((split) =>
    WORDS[split].flatMap((word) => [
      `${word}.jsonl`,
      `${word}.parquet`,
      `data/${word}-00000-of-00001.parquet`,
    ]),
  );
}

async function probe(source: TaskSource): Promise<string[]> {
  const names = usualNames();
  const found = await Promise.all(
    names.map((name) =>
      source.read(name).then(
        () => true,
        (error: unknown) => {
          if (error instanceof EnvironmentError) return false;
          throw error;
        },
      ),
    ),
  );
  return names.filter((_, i) => found[i]);
}
