/** Texts about files of batches that are verified. */
import type { Foreign } from '../../types';

const NEEDS = {
  number: 'must be a number',
  positive: 'must be above 0',
  list: 'must be a non-empty list',
  object: 'must be an object',
  'token-ids': 'must hold token ids',
};

/** What a field of a batch must be. */
export type BatchNeeds =
  | keyof typeof NEEDS
  | { readonly among: readonly string[] }
  | { readonly numbers: number }
  /** Where the first is that is above 0. */
  | { readonly logProbsAbove: number };

/** `found` is null where it says nothing. */
export type BatchProblem =
  'no-object' | { readonly field: string; readonly needs: BatchNeeds; readonly found: string | null };

function needsWords(needs: BatchNeeds): string {
  if (typeof needs === 'string') return NEEDS[needs];
  if ('among' in needs) return `must be one of ${needs.among.join(', ')}`;
  return 'numbers' in needs
    ? `must hold ${needs.numbers} numbers`
    : 'must hold log-probabilities, which are at most 0';
}

function problemWords(problem: BatchProblem): string {
  if (problem === 'no-object') return 'it is not a JSON object';
  const { field, needs, found } = problem;
  const at = typeof needs === 'object' && 'logProbsAbove' in needs ? ` at ${needs.logProbsAbove}` : '';
  return `${field} ${needsWords(needs)}${found === null ? '' : `, found ${found}${at}`}`;
}

export const verify = {
  'training/verify-batch': ({ problem }: { problem: BatchProblem }) =>
    `The batch file is not usable: ${problemWords(problem)}.`,
  'training/no-batch': () => 'There is no batch.json among the files to verify.',
  'training/batch-no-json': ({ reason }: { reason: Foreign }) =>
    `batch.json is not JSON (${reason}). Write it again.`,
};
