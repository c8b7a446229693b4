/** What a page of the site provides to runs: the site's models and datasets, the hub, files that the visitor gave. */
import { EnvironmentError } from '../../env/errors';
import { loadEnvironment } from '../../env/load';
import type { TaskSource } from '../../env/types';
import { openModelFiles } from '../../engine/files/open';
import { PolicyError } from '../../errors/policy';
import { steadyNow } from '../clock';
import type { RunPlatform } from '../session';
import { GivenModels } from './given-models';
import { siteSource } from './site-source';
import { browserTuning } from './tuning-browser';

/** The setting `dataset` of a visitor's own files. */
export const IMPORTED = 'imported';

/** Answers the files that the visitor gave for an environment, or null. */
export type ImportedTasks = (environment: string) => Promise<TaskSource | null>;

/**
 * @param site address of the page's folder, with a slash at its end
 * @param token the hub's, as the visitor gave it for the time that the page is open
 * @param given models that the visitor gave
 */
export function pagePlatform(
  site: string,
  imported: ImportedTasks,
  token: () => string | null = () => null,
  given: GivenModels = new GivenModels(),
): RunPlatform {
  const webgpu = navigator.gpu as GPU | undefined;
  if (webgpu === undefined) {
    throw PolicyError.of('policy/no-webgpu');
  }
  return {
    ...pageTasks(site, imported),
    webgpu,
    tuning: browserTuning,
    now: steadyNow,
    ...pageModels(site, token, given),
    readText,
  };
}

/** Models by name, which need no GPU. */
export function pageModels(
  site: string,
  token: () => string | null,
  given: GivenModels,
): Pick<RunPlatform, 'modelFiles'> {
  return {
    modelFiles: async (model, downloads) =>
      given.find(model) ?? (await openModelFiles(model, `${site}models/`, { token, ...downloads })),
  };
}

/** The part that needs no GPU. */
export function pageTasks(
  site: string,
  imported: ImportedTasks,
): Pick<RunPlatform, 'environment' | 'taskSource'> {
  return {
    environment: loadEnvironment,
    taskSource: async (dataset, environment) => {
      if (dataset !== IMPORTED) return siteSource(dataset, site, IMPORTED);
      const source = await imported(environment);
      if (source !== null) return source;
      throw EnvironmentError.of('environment/nothing-imported');
    },
  };
}

/** The page takes no path of the visitor's machine. */
const readText = (path: string): Promise<string> =>
  Promise.reject(EnvironmentError.of('environment/no-paths', { path }));
