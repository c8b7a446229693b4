/**
 * `mailgym`: settings, errors, and where runs are kept; the same in browsers and in Node.
 * @module
 */
import { host } from '#platform';
import type { RunStore } from './run/stores/run-store';

export { MemoryStore } from './run/stores/memory-store';
export { type RunStore } from './run/stores/run-store';
export { StorageError } from './errors';
export { presetSettings } from './env/settings';
export {
  checkSettings,
  resolveSettings,
  type ResolvedSettings,
  type SettingsSources,
} from './settings/resolve';
export type { Settings } from './settings/settings';
export { SettingsError, type SettingProblem } from './settings/values';

/**
 * Opens, and creates, a folder that a run's files go to: on disk in Node, in the origin's private file system in a browser.
 * @throws StorageError when there is no such place, or it may not be written to
 */
export function openRunStore(folder: string): Promise<RunStore> {
  return host.runStore(folder);
}
