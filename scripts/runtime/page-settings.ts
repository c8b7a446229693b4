/** Settings of the command line as the page can use them. */
import { basename, resolve } from 'node:path';
import type { Settings } from '../../src/settings/settings';
import { folderOf } from './command';

export interface PageSettings {
  readonly inside: Settings;
  /** Folders of this machine that the page must be served with. */
  readonly mounts: ReadonlyMap<string, string>;
}

/** Folders become names that are served below the page's own models and datasets; the output stays below the page. */
export function pageSettings(settings: Settings): PageSettings {
  const mounts = new Map<string, string>();
  const mount = (setting: string, kind: 'models' | 'datasets'): string => {
    const folder = folderOf(setting, kind);
    if (folder === null) return setting;
    const name = safeName(basename(resolve(folder)));
    mounts.set(`${kind}/${name}`, folder);
    return name;
  };
  const inside = {
    ...settings,
    model: mount(settings.model, 'models'),
    dataset: mount(settings.dataset, 'datasets'),
    outputDir: pagePath(settings.outputDir),
  };
  return { inside, mounts };
}

function safeName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_');
}

/** A path below the page's own storage: without the parts that lead elsewhere on a disk. */
export function pagePath(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => part.replaceAll(':', '_')).join('/') || 'run';
}
