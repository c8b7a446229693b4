/**
 * Where the paths of a command line lie. npm runs commands in the repository and tells in INIT_CWD from where it was
 * called: what a user names counts from there, what nobody named stays in the repository.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

function caller(): string {
  return resolve(process.env['INIT_CWD'] ?? '.');
}

/** As it is given where npm was called in the repository, else absolute. */
function fromCaller(path: string): string {
  return caller() === resolve('.') ? path : resolve(caller(), path);
}

/** A file or folder that the command is to write. */
export function outputPath(path: string): string {
  return fromCaller(path);
}

/** A file or folder that is to be there; one that only the repository has is found too. */
export function inputPath(path: string): string {
  const given = fromCaller(path);
  return existsSync(given) || !existsSync(path) ? given : resolve(path);
}

/** A place of the repository that nobody named, so that child processes find it too. */
export function repositoryPath(path: string): string {
  return caller() === resolve('.') ? path : resolve(path);
}
