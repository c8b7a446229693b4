/** Opening environments: the code of the built-in ones, each loaded when it is asked for. */
import { addedLoader } from './registry';
import { EnvironmentError } from './errors';
import type { OpenOwnData } from './own-data';
import type { Environment } from './types';

/** By id; those of the registry, all of them. */
const BUILT_IN: Readonly<Record<string, () => Promise<Environment>>> = {
  mail: async () => (await import('./mail')).mail,
  'mail-first-call': async () => (await import('./mail/first-call-environment')).mailFirstCall,
  guess: async () => (await import('./guess')).default,
  digit: async () => (await import('./digit')).default,
  rows: async () => (await import('./rows')).default,
};

/** @throws EnvironmentError for a name that is not known. */
export function loadEnvironment(name: string): Promise<Environment> {
  const load = addedLoader(name) ?? BUILT_IN[name];
  if (load === undefined) throw new Error(`Environment "${name}" has no code: src/env/load.ts lacks it.`);
  return load();
}

/** By id: those that keep something of a visitor's own. */
const OWN_DATA: Readonly<Record<string, () => Promise<OpenOwnData>>> = {
  mail: async () => (await import('./mail/own/actions')).openOwnMailbox,
};

/** @throws EnvironmentError for an environment that keeps nothing of a visitor's own. */
export async function loadOwnData(name: string): Promise<OpenOwnData> {
  const load = Object.hasOwn(OWN_DATA, name) ? OWN_DATA[name] : undefined;
  if (load === undefined) {
    throw EnvironmentError.of('environment/no-own-data', { name, known: Object.keys(OWN_DATA) });
  }
  return load();
}
