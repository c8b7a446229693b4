/** What runs are made from: datasets and models by the names that settings give them, and their fingerprints. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { CorpusError, type Dataset, type Question } from '../../src/env/mail/corpus/types';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { BUILT_IN } from '../../src/run/session';
import type { Settings } from '../../src/settings/settings';
import { environmentText } from '../runtime/environment-file';
import { REPOSITORY } from '../runtime/page';

/** @throws CorpusError */
export function datasetFolder(name: string): string {
  const folders = [join(REPOSITORY, 'public', 'datasets', name), name];
  const found = folders.find((folder) => existsSync(join(folder, 'dataset.json')));
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

export function questionsById(questions: readonly Question[]): Map<string, Question> {
  return new Map(questions.map((question) => [question.id, question]));
}

/** Changes when the dataset does, wherever it lies. @throws CorpusError */
export async function datasetFingerprint(name: string): Promise<string> {
  const { emails, questions } = await readDataset(name);
  return sha256([JSON.stringify([emails, questions])]);
}

/** Changes when the tasks do: those of a dataset, or those that a user's file makes. @throws CorpusError */
export async function tasksFingerprint({
  environment,
  dataset,
}: Pick<Settings, 'environment' | 'dataset'>): Promise<string> {
  const file = await environmentText(environment);
  if (file === null) return datasetFingerprint(dataset);
  return sha256([file, dataset === BUILT_IN ? '' : await datasetFingerprint(dataset)]);
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
