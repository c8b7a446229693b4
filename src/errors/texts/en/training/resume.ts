/** Texts about runs that go on. */
import type { DamagedFile } from '../../damage';
import type { Tell } from '../../types';
import { damagedWords } from '../damage';

/** A setting whose value differs, both as JSON. */
export interface ChangedSetting {
  readonly name: string;
  readonly was: string | null;
  readonly now: string | null;
}

export function changedWords(changed: readonly ChangedSetting[]): string {
  return changed.map(({ name, was, now }) => `${name} (was ${was}, now ${now})`).join('; ');
}

const listWords = { training: 'training', validation: 'validation' };

export const resume = {
  'training/no-such-checkpoint': ({ name, known }: { name: string; known: readonly string[] }) =>
    `There is no ${name} to resume from. ${known.length > 0 ? `There are ${known.join(', ')}.` : 'There is no checkpoint at all; start with resume=no.'}`,
  'training/checkpoint-damaged': (
    { path, damaged, whole }: { path: string; damaged: readonly DamagedFile[]; whole: string | null },
    tell: Tell,
  ) =>
    `${path} cannot be resumed from: ${damaged.map((file) => damagedWords(file, tell)).join('; ')}. ` +
    (whole === null
      ? 'No other checkpoint of this run is whole; start afresh in another outputDir.'
      : `${whole} is whole: go on from there with resume=${whole}.`),
  'training/reference-damaged': (
    { folder, damaged }: { folder: string; damaged: readonly DamagedFile[] },
    tell: Tell,
  ) =>
    `KL refers to the adapter in ${folder}, which cannot be read: ` +
    `${damaged.map((file) => damagedWords(file, tell)).join('; ') || 'it is missing'}. Start afresh with resume=no, in another ` +
    'outputDir if this run is to be kept.',
  'training/other-settings': ({ folder, changed }: { folder: string; changed: readonly ChangedSetting[] }) =>
    `The run in ${folder} has other settings than asked for: ` +
    `${changedWords(changed)}. ` +
    'Resume with the old values, or start afresh in another outputDir.',
  'training/other-environment': ({ environment, folder }: { environment: string; folder: string }) =>
    `The environment ${environment} has changed since the run in ${folder}: its file or its tasks are other ones. Restore the ` +
    'file, or start afresh in another outputDir.',
  'training/other-questions': ({
    lists,
    dataset,
    folder,
  }: {
    lists: readonly (keyof typeof listWords)[];
    dataset: string;
    folder: string;
  }) =>
    `The ${lists.map((list) => listWords[list]).join(' and ')} questions of dataset "${dataset}" differ from those of the run ` +
    `in ${folder}. Restore the dataset, or start afresh in another outputDir.`,
};
