/** Opening environments: the code of the built-in ones, each loaded when it is asked for. */
import { addedLoader } from './registry';
import type { Environment } from './types';

/** By id; those of the registry, all of them. */
const BUILT_IN: Readonly<Record<string, () => Promise<Environment>>> = {
  mail: async () => (await import('./mail')).mail,
  'mail-first-call': async () => (await import('./mail/first-call-environment')).mailFirstCall,
  guess: async () => (await import('./guess')).default,
  rows: async () => (await import('./rows')).default,
};

/** @throws EnvironmentError for a name that is not known. */
export function loadEnvironment(name: string): Promise<Environment> {
  const load = addedLoader(name) ?? BUILT_IN[name];
  if (load === undefined) throw new Error(`Environment "${name}" has no code: src/env/load.ts lacks it.`);
  return load();
}
