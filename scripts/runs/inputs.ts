/** What runs are made from: datasets and models by the names that settings give them, and their fingerprints. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { CorpusError, type Dataset } from '../../src/env/mail/corpus/types';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { loadEnvironment } from '../../src/env/load';
import type { OpenedEnvironment, Split } from '../../src/env/types';
import { folderSource } from '../../src/run/platform/folder-source-node';
import { BUILT_IN, Session } from '../../src/run/session';
import type { Settings } from '../../src/settings/settings';
import { environmentText } from '../runtime/environment-file';
import { REPOSITORY } from '../runtime/page';

/** By what tasks are told apart in tables. */
export interface TaskKind {
  readonly family: string;
  readonly level: number;
}

/** @throws CorpusError */
export function datasetFolder(name: string): string {
  const found = datasetFolders(name).find(hasManifest);
  if (found !== undefined) return found;
  throw new CorpusError(
    `No dataset "${name}": no folder of that name has a dataset.json. Check the setting.`,
  );
}

/** @throws CorpusError */
export function readDataset(name: string): Promise<Dataset> {
  const folder = datasetFolder(name);
  return loadDataset((path) => readFile(join(folder, path)));
}

/** Family and level of each task; only mail has families. @throws CorpusError, EnvironmentError */
export async function kindsOf(settings: Settings, split: Split): Promise<Map<string, TaskKind>> {
  if (isMailDataset(settings.dataset)) {
    const { questions } = await readDataset(settings.dataset);
    return new Map(questions[split].map(({ id, family, level }) => [id, { family, level }]));
  }
  const tasks = await tasksOf(settings);
  return new Map(tasks[split].map(({ id, level }) => [id, { family: '', level }]));
}

/** All tasks of an environment, as a run with these settings sees them. @throws EnvironmentError */
async function tasksOf(settings: Settings): Promise<OpenedEnvironment['tasks']> {
  const environment = await loadEnvironment(settings.environment);
  const datasets = join(REPOSITORY, 'public', 'datasets');
  const source =
    settings.dataset === BUILT_IN ? Session.noFiles : await folderSource(settings.dataset, datasets);
  const opened = await environment.open(source, { settings, hints: {} });
  const { tasks } = opened;
  opened.close();
  return tasks;
}

function isMailDataset(name: string): boolean {
  return datasetFolders(name).some(hasManifest);
}

const datasetFolders = (name: string): string[] => [join(REPOSITORY, 'public', 'datasets', name), name];
const hasManifest = (folder: string): boolean => existsSync(join(folder, 'dataset.json'));

/** Changes when the dataset does, wherever it lies. @throws CorpusError */
export async function datasetFingerprint(name: string): Promise<string> {
  const { emails, questions } = await readDataset(name);
  return sha256([JSON.stringify([emails, questions])]);
}

/** Changes when the tasks do, or the file that plays them. @throws CorpusError, EnvironmentError */
export async function tasksFingerprint(settings: Settings): Promise<string> {
  const file = await environmentText(settings.environment);
  const parts = isMailDataset(settings.dataset) ? [await datasetFingerprint(settings.dataset)] : [];
  if (file !== null) parts.push(file);
  if (parts.length === 0 || file !== null) parts.push(JSON.stringify(await tasksOf(settings)));
  return sha256(parts);
}

/** Changes when the model does; shards of large models are not read. @throws PolicyError */
export async function modelFingerprint(name: string): Promise<string> {
  const files = await openModelFilesNode(name, join(REPOSITORY, 'public', 'models'));
  const parts: Uint8Array[] = [];
  for (const path of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']) {
    if (await files.has(path)) parts.push(await files.read(path));
  }
  return sha256(parts);
}

export function fileFingerprint(path: string): string {
  return sha256([readFileSync(path)]);
}

export function sha256(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
