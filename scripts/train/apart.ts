/** The output folder must not be where the model or the dataset lies: a run's config.json is not a model's. */
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../../src/settings/settings';
import { CommandError, folderOf } from '../runtime/command';

/** @throws CommandError */
export function assertApart(settings: Pick<Settings, 'model' | 'dataset' | 'outputDir'>): void {
  const { model, dataset, outputDir } = settings;
  for (const [name, folder] of [
    ['model', folderOf(model, 'models')],
    ['dataset', folderOf(dataset, 'datasets')],
  ] as const) {
    if (folder === null || realPath(folder) !== realPath(outputDir)) continue;
    throw new CommandError(
      `${name} and outputDir are the same folder, ${outputDir}. A run would write its files between those of the ` +
        `${name}; choose another outputDir.`,
    );
  }
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
