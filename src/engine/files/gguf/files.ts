/**
 * A model that is one GGUF file, as the files of a Hugging Face folder: `config.json`, `generation_config.json`,
 * `tokenizer.json` and `tokenizer_config.json` are made of its metadata when they are asked for, and the weights stay
 * where they are.
 */
import { memoryFile, type ModelFiles, type RandomAccessFile } from '../../../formats/files';
import { type GgufHeader, readGgufHeader } from '../../../formats/gguf/header';
import { ggufRows } from '../../../formats/gguf/store';
import type { TensorStore } from '../../../formats/tensor-store';
import { missing } from '../missing';
import { type Architecture, architectureOf } from './architectures';
import { generationConfig, huggingFaceConfig, ROPE_FACTORS, type TensorFacts } from './config';
import { Metadata } from './metadata';
import { huggingFaceTensors } from './tensors';
import { tokenizerConfig, tokenizerJson } from './tokenizer';

type Progress = (loaded: number, total: number | null) => void;

/** What is known of the file once its header was read. */
interface Known {
  readonly name: string;
  readonly architecture: Architecture;
  readonly metadata: Metadata;
  readonly tensors: GgufHeader['tensors'];
  readonly facts: TensorFacts;
}

/** Files that are made of the header, and how. */
const MADE: Readonly<Record<string, (known: Known) => unknown>> = {
  'config.json': ({ metadata, name, architecture, facts }) =>
    huggingFaceConfig(metadata, name, architecture, facts),
  'generation_config.json': ({ metadata }) => generationConfig(metadata),
  'tokenizer.json': ({ metadata, name }) => tokenizerJson(metadata, name),
  'tokenizer_config.json': ({ metadata }) => tokenizerConfig(metadata),
};

/**
 * The model of a source that names one file as it; other sources are answered as they are.
 * @throws PolicyError when something is asked of the file, and it is no GGUF file or of another family
 */
export function modelOf(files: ModelFiles): ModelFiles {
  const { file } = files;
  return file === undefined || file === null ? files : new GgufFiles(files, file);
}

class GgufFiles implements ModelFiles {
  readonly origin: string;
  readonly #files: ModelFiles;
  readonly #name: string;
  #known: Promise<Known> | null = null;

  constructor(files: ModelFiles, name: string) {
    this.#files = files;
    this.#name = name;
    this.origin = files.origin.endsWith(name) ? files.origin : `${files.origin}: ${name}`;
  }

  has(path: string): Promise<boolean> {
    return Promise.resolve(Object.hasOwn(MADE, path));
  }

  async read(path: string, onProgress?: Progress): Promise<Uint8Array> {
    const make = Object.hasOwn(MADE, path) ? MADE[path] : undefined;
    if (make === undefined) throw missing(this.origin, path, Object.keys(MADE));
    return new TextEncoder().encode(JSON.stringify(make(await this.#header(onProgress))));
  }

  async open(path: string, onProgress?: Progress): Promise<RandomAccessFile> {
    return memoryFile(await this.read(path, onProgress), this.origin, path);
  }

  async openTensors(onProgress?: Progress): Promise<TensorStore> {
    const { metadata, name, architecture, tensors } = await this.#header(onProgress);
    const key = `${name}.attention.head_count`;
    const queries = metadata.needed(key, metadata.number(key));
    const keys = metadata.number(`${key}_kv`) ?? queries;
    const file = await this.#files.open(this.#name, onProgress);
    try {
      const stored = new Map(tensors.map((one) => [one.name, ggufRows(file, one, this.origin)]));
      return {
        origin: this.origin,
        tensors: huggingFaceTensors(stored, architecture, { queries, keys }),
        close: () => file.close(),
      };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Read once: with a large vocabulary it takes a second. */
  #header(onProgress?: Progress): Promise<Known> {
    if (this.#known === null) {
      this.#known = this.#readHeader(onProgress);
      this.#known.catch(() => (this.#known = null));
    }
    return this.#known;
  }

  async #readHeader(onProgress?: Progress): Promise<Known> {
    const file = await this.#files.open(this.#name, onProgress);
    try {
      const header = await readGgufHeader(file, this.origin);
      const metadata = new Metadata(header, this.origin);
      const name = metadata.needed('general.architecture', metadata.text('general.architecture'));
      const { tensors } = header;
      const factors = tensors.find((tensor) => tensor.name === ROPE_FACTORS);
      return {
        name,
        architecture: architectureOf(name, this.origin),
        metadata,
        tensors,
        facts: {
          shapes: new Map(tensors.map((tensor) => [tensor.name, tensor.shape])),
          ropeFactors:
            factors === undefined
              ? null
              : await ggufRows(file, factors, this.origin).read(0, factors.shape[0] ?? 0),
        },
      };
    } finally {
      await file.close();
    }
  }
}
