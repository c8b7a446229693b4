/** Where files come from, as far as readers of formats need to know. */
import { foreign } from '../errors';
import { PolicyError } from '../errors/policy';
import type { TensorStore } from './tensor-store';

/** Files of a folder by path. */
export type FileMap = ReadonlyMap<string, Uint8Array>;

/** A file that is read in parts, so that nobody needs room for all of it. */
export interface RandomAccessFile {
  /** Bytes. */
  readonly size: number;
  /** Bytes `start` (included) to `end` (not included). @throws PolicyError when they cannot be read */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Source of model files: a folder on disk, a URL prefix, the hub, or files the user dropped. */
export interface ModelFiles {
  /** Human-readable origin, used in error messages. */
  readonly origin: string;
  /** Path of the one file that is the model, where a name led to a file (GGUF) and not to a folder of files. */
  readonly file?: string | null;
  /** Whether there is a file of that path. */
  has(path: string): Promise<boolean>;
  /** @throws PolicyError naming origin and path when the file is missing or unreadable. */
  read(path: string, onProgress?: (loaded: number, total: number | null) => void): Promise<Uint8Array>;
  /**
   * Opens a file for reading in parts. A source that cannot read parts of what it has not got yet fetches the file first,
   * and reports that to `onProgress`.
   * @throws PolicyError as {@link read}
   */
  open(path: string, onProgress?: (loaded: number, total: number | null) => void): Promise<RandomAccessFile>;
  /**
   * The weights, where the source has them in another form than safetensors files (a GGUF file), by Hugging Face's
   * names. Whoever asks closes them.
   * @throws PolicyError as {@link read}
   */
  readonly openTensors?: (
    onProgress?: (loaded: number, total: number | null) => void,
  ) => Promise<TensorStore>;
}

/** Bytes in memory as a file. `origin` and `path` are for the error. */
export function memoryFile(bytes: Uint8Array, origin: string, path: string): RandomAccessFile {
  return {
    size: bytes.byteLength,
    read: (start, end) =>
      start >= 0 && start <= end && end <= bytes.byteLength
        ? Promise.resolve(bytes.subarray(start, end))
        : Promise.reject(partMissing(origin, path, start, end, bytes.byteLength)),
    close: () => Promise.resolve(),
  };
}

/** The error for a part that a file does not have. */
export function partMissing(
  origin: string,
  path: string,
  start: number,
  end: number,
  size: number,
): PolicyError {
  return PolicyError.of('policy/bytes-beyond-end', { origin, start, end, path, size });
}

/**
 * Reads one JSON file.
 * @throws PolicyError when it is missing, no UTF-8 or no JSON.
 */
export async function readJson(files: ModelFiles, path: string): Promise<unknown> {
  const bytes = await files.read(path);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw PolicyError.of(
      'policy/file-no-json',
      { origin: files.origin, path, reason: foreign(cause) },
      { cause },
    );
  }
}
