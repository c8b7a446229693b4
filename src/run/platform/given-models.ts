/** Models that a visitor gave to the page. They are files of the visitor's own, and the page forgets them when it ends. */
import { blobFiles } from '../../engine/files/blobs';
import { modelOf } from '../../engine/files/gguf/files';
import { isModelFile } from '../../engine/files/hub-name';
import { commonFolder } from '../../engine/files/memory';
import { DEFAULT_TEMPLATE } from '../../engine/engine';
import { modelFacts } from '../../engine/model-facts';
import { PolicyError } from '../../errors/policy';
import type { ModelFiles } from '../../formats/files';
import { GIVEN_MODEL } from '../../settings/choices';
import type { GivenFile, GivenModel } from '../types';

export class GivenModels {
  readonly #models = new Map<string, ModelFiles>();

  /**
   * Takes one model: a GGUF file, or the files of a Hugging Face folder. One before of that name is replaced.
   * @throws PolicyError when there is none among the files, there are several, or it cannot be used
   */
  async add(given: readonly GivenFile[]): Promise<GivenModel> {
    const { name, entries, file } = theModel(given);
    const files = modelOf(blobFiles(entries, name, file));
    const facts = await modelFacts(files, DEFAULT_TEMPLATE);
    const model = GIVEN_MODEL + name;
    this.#models.set(model, files);
    const bytes = [...entries.values()].reduce((sum, { size }) => sum + size, 0);
    return { ...facts, model, files: entries.size, bytes };
  }

  /** Null for a model that has another kind of name. @throws PolicyError for one that is not here any more */
  find(model: string): ModelFiles | null {
    if (!model.startsWith(GIVEN_MODEL)) return null;
    const files = this.#models.get(model);
    if (files === undefined)
      throw PolicyError.of('policy/file-gone', { model: model.slice(GIVEN_MODEL.length) });
    return files;
  }
}

interface Found {
  readonly name: string;
  readonly entries: ReadonlyMap<string, Blob>;
  /** The GGUF file; null for a folder. */
  readonly file: string | null;
}

function theModel(given: readonly GivenFile[]): Found {
  const paths = given.map(({ path }) => path);
  const folders = paths.filter((path) => /(^|\/)config\.json$/.test(path)).map(folderOf);
  // A folder may hold other forms of the model, or parts of it, below.
  const folder = folders.find((one) => folders.every((other) => other.startsWith(one)));
  if (folder !== undefined) {
    const own = given.filter(({ path }) => path.startsWith(folder));
    const entries = new Map(own.map(({ path, content }) => [path.slice(folder.length), content]));
    return { name: lastPart(folder) || 'folder', entries, file: null };
  }
  if (folders.length > 1) throw PolicyError.of('policy/several-given', { found: folders });
  const models = given.filter(({ path }) => isModelFile(path));
  if (models.length > 1) throw PolicyError.of('policy/several-given', { found: models.map(nameOf) });
  const [model] = models;
  if (model === undefined) throw PolicyError.of('policy/no-model-given', { found: shortened(paths) });
  const name = nameOf(model);
  return { name, entries: new Map([[name, model.content]]), file: name };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const lastPart = (folder: string): string => folder.split('/').at(-2) ?? '';
const nameOf = ({ path }: GivenFile): string => path.slice(path.lastIndexOf('/') + 1);

function shortened(paths: readonly string[]): string[] {
  const { length } = commonFolder(paths);
  return paths.map((path) => path.slice(length));
}
