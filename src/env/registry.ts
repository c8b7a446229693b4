/**
 * The environments that there are: the built-in ones, of which all that can be said is at hand while their code loads
 * when one is opened, and those of a user's files, which whoever loaded them adds.
 */
import { EnvironmentError } from './errors';
import { mailInfo } from './mail/info';
import { firstCallInfo } from './mail/first-call-environment';
import { info as guessInfo } from './guess/info';
import { info as rowsInfo } from './rows/info';
import type { Environment, EnvironmentInfo } from './types';

interface Entry {
  /** By which the setting `environment` names it. */
  readonly name: string;
  readonly info: EnvironmentInfo;
  readonly load: () => Promise<Environment>;
}

const builtIn = (info: EnvironmentInfo, load: Entry['load']): Entry => ({ name: info.id, info, load });

/** In the order in which they are offered. */
const BUILT_IN: readonly Entry[] = [
  builtIn(mailInfo, async () => (await import('./mail')).mail),
  builtIn(firstCallInfo, async () => (await import('./mail/first-call-environment')).mailFirstCall),
  builtIn(guessInfo, async () => (await import('./guess')).default),
  builtIn(rowsInfo, async () => (await import('./rows')).default),
];

export const ENVIRONMENTS: readonly EnvironmentInfo[] = BUILT_IN.map(({ info }) => info);

/** By name; of this process, page or worker alone. */
const added = new Map<string, Entry>();

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
export function knownEnvironments(): readonly Pick<Entry, 'name' | 'info'>[] {
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

/** @throws EnvironmentError for a name that is not known. */
export function loadEnvironment(name: string): Promise<Environment> {
  return entry(name).load();
}

function entry(name: string): Entry {
  const found = BUILT_IN.find((one) => one.name === name) ?? added.get(name);
  if (found !== undefined) return found;
  const names = knownEnvironments().map((one) => one.name);
  throw EnvironmentError.of('environment/unknown', { name, known: names });
}
