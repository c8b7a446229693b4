/** Where files come from, as far as readers of formats need to know. */
import { PolicyError } from '../errors';

/** Files of a folder by path. */
export type FileMap = ReadonlyMap<string, Uint8Array>;

/** Source of model files: a folder on disk, a URL prefix, the hub, or files the user dropped. */
export interface ModelFiles {
  /** Human-readable origin, used in error messages. */
  readonly origin: string;
  /** Whether there is a file of that path. */
  has(path: string): Promise<boolean>;
  /** @throws PolicyError naming origin and path when the file is missing or unreadable. */
  read(path: string, onProgress?: (loaded: number, total: number | null) => void): Promise<Uint8Array>;
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
    throw new PolicyError(
      `${files.origin}: ${path} is not valid JSON (${(cause as Error).message}). Download or export it again.`,
      { cause },
    );
  }
}
