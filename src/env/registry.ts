/** The built-in environments. What can be said of them is at hand; their code loads when one is opened. */
import { EnvironmentError } from './errors';
import { mailInfo } from './mail/info';
import { firstCallInfo } from './mail/first-call-environment';
import { info as guessInfo } from './guess/info';
import { info as rowsInfo } from './rows/info';
import type { Environment, EnvironmentInfo } from './types';

interface Entry {
  readonly info: EnvironmentInfo;
  readonly load: () => Promise<Environment>;
}

/** In the order in which they are offered. */
const ENTRIES: readonly Entry[] = [
  { info: mailInfo, load: async () => (await import('./mail')).mail },
  { info: firstCallInfo, load: async () => (await import('./mail/first-call-environment')).mailFirstCall },
  { info: guessInfo, load: async () => (await import('./guess')).default },
  { info: rowsInfo, load: async () => (await import('./rows')).default },
];

export const ENVIRONMENTS: readonly EnvironmentInfo[] = ENTRIES.map(({ info }) => info);

/** @throws EnvironmentError for an id that is not built in. */
export function environmentInfo(id: string): EnvironmentInfo {
  return entry(id).info;
}

export function isBuiltIn(id: string): boolean {
  return ENTRIES.some(({ info }) => info.id === id);
}

/** @throws EnvironmentError for an id that is not built in. */
export function loadEnvironment(id: string): Promise<Environment> {
  return entry(id).load();
}

function entry(id: string): Entry {
  const found = ENTRIES.find(({ info }) => info.id === id);
  if (found !== undefined) return found;
  throw new EnvironmentError(
    `There is no environment "${id}". Built in are ${ENTRIES.map(({ info }) => info.id).join(', ')}; on the command ` +
      'line a path to a file that defines one works too.',
  );
}
