/** Files of the command line, read one at a time. */
import { MailGymError, type ErrorName } from '../../src/errors';
import { lstat, readdir, stat } from 'node:fs/promises';
import type { MailSource, Rejection } from '../../src/env/mail/corpus/import';
import { fileSource } from './node-file';

/** The command line asks for something that cannot be. */
export class UsageError extends MailGymError {
  override name: ErrorName = 'UsageError';
}

/** All files below some paths, in code-unit order of their paths; folders behind links are not entered. */
export class MailFiles {
  readonly #paths: readonly string[];
  readonly #rejected: Rejection[];

  private constructor(paths: readonly string[], rejected: Rejection[]) {
    this.#paths = paths;
    this.#rejected = rejected;
  }

  /** @throws UsageError naming the first path that does not exist. */
  static async find(roots: readonly string[]): Promise<MailFiles> {
    const paths = new Set<string>();
    const rejected: Rejection[] = [];
    for (const root of roots) {
      const entry = await stat(root).catch(() => {
        throw new UsageError(`There is no file or folder ${root}. Check the path.`);
      });
      const below = entry.isDirectory() ? await walk(withoutTrailingSlash(root), rejected) : [root];
      for (const path of below.sort(byCodeUnit)) paths.add(path);
    }
    return new MailFiles([...paths], rejected);
  }

  get count(): number {
    return this.#paths.length;
  }

  /** Files that cannot be read are skipped and listed by {@link withRejected}. */
  async *read(): AsyncGenerator<MailSource> {
    for (const path of this.#paths) {
      try {
        const { size } = await stat(path);
        const { source, close } = await fileSource(path, size);
        try {
          yield { path, bytes: source };
        } finally {
          await close();
        }
      } catch (error) {
        this.#rejected.push({ source: path, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  withRejected(rejected: readonly Rejection[]): Rejection[] {
    return [...this.#rejected, ...rejected];
  }
}

async function walk(folder: string, rejected: Rejection[]): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await readdir(folder)) {
    const path = `${folder}/${name}`;
    const link = (await lstat(path)).isSymbolicLink();
    const entry = await stat(path).catch(() => null);
    if (entry === null) rejected.push({ source: path, reason: 'a link to nothing' });
    else if (entry.isFile()) paths.push(path);
    else if (!entry.isDirectory()) rejected.push({ source: path, reason: 'not a regular file' });
    else if (link) rejected.push({ source: path, reason: 'a link to a folder, which is not followed' });
    else paths.push(...(await walk(path, rejected)));
  }
  return paths;
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
