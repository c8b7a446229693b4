/**
 * The environments that there are: the built-in ones, and those of a user's files, which whoever loaded them adds. This
 * is what can be said of them; the code of the built-in ones is named in `load.ts`, so that a page, whose worker opens
 * them, does not carry it.
 */
import { EnvironmentError } from './errors';
import { mailInfo } from './mail/info';
import { firstCallInfo } from './mail/first-call-info';
import { info as digitInfo } from './digit/info';
import { info as guessInfo } from './guess/info';
import { info as rowsInfo } from './rows/info';
import type { Environment, EnvironmentInfo } from './types';

interface Named {
  /** By which the setting `environment` names it. */
  readonly name: string;
  readonly info: EnvironmentInfo;
}
interface Added extends Named {
  readonly load: () => Promise<Environment>;
}

/** The built-in ones, in the order in which they are offered. */
export const ENVIRONMENTS: readonly EnvironmentInfo[] = [
  mailInfo,
  firstCallInfo,
  guessInfo,
  rowsInfo,
  digitInfo,
];

const BUILT_IN: readonly Named[] = ENVIRONMENTS.map((info) => ({ name: info.id, info }));

/** By name; of this process, page or worker alone. */
const added = new Map<string, Added>();

/**
 * Makes a user's environment known under the name of its file; one added before under that name is replaced.
 * @throws EnvironmentError when a built-in environment has that name
 */
export function addEnvironment(name: string, info: EnvironmentInfo, load: () => Promise<Environment>): void {
  if (isBuiltIn(name)) {
    throw EnvironmentError.of('environment/name-taken', { name });
  }
  added.set(name, { name, info, load });
}

/** Names and infos of all that are known, the built-in ones first. */
export function knownEnvironments(): readonly Named[] {
  return [...BUILT_IN, ...added.values()];
}

/** @throws EnvironmentError for a name that is not known. */
export function environmentInfo(name: string): EnvironmentInfo {
  return entry(name).info;
}

export function isBuiltIn(name: string): boolean {
  return BUILT_IN.some((one) => one.name === name);
}

export function isKnown(name: string): boolean {
  return isBuiltIn(name) || added.has(name);
}

/** How a user's environment is loaded, as whoever added it said; null for a built-in one. @throws EnvironmentError */
export function addedLoader(name: string): Added['load'] | null {
  entry(name);
  return added.get(name)?.load ?? null;
}

function entry(name: string): Named {
  const found = BUILT_IN.find((one) => one.name === name) ?? added.get(name);
  if (found !== undefined) return found;
  const names = knownEnvironments().map((one) => one.name);
  throw EnvironmentError.of('environment/unknown', { name, known: names });
}
