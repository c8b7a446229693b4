/** A user's file as the environment of a command: found, loaded once, and known by the path that was given. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadEnvironmentFile } from '../../src/env/host/node';
import { addEnvironment, ENVIRONMENTS, isBuiltIn, isKnown } from '../../src/env/registry';
import { CommandError } from './command-error';
import { inputPath } from './paths';

/**
 * Makes the environment of a file known under the path that was given; of a built-in one, or one that is known, nothing
 * is to be done.
 * @throws CommandError when there is no such file, or it defines no environment
 */
export async function addEnvironmentFile(name: string): Promise<void> {
  if (isKnown(name)) return;
  const path = inputPath(name);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new CommandError(
      `environment is '${name}', but that is neither a built-in environment (${ENVIRONMENTS.map(({ id }) => id).join(', ')}) ` +
        `nor a file: looked for ${path}. Give one of those, or the path of a file that defines one (docs/environments.md).`,
    );
  }
  let environment;
  try {
    environment = await loadEnvironmentFile(path);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  addEnvironment(name, environment, () => Promise.resolve(environment));
}

/** The text of the environment's file, for whoever loads it elsewhere; null for a built-in environment. */
export async function environmentText(name: string): Promise<string | null> {
  return isBuiltIn(name) ? null : readFile(inputPath(name), 'utf8');
}
