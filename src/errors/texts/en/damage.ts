/** What is wrong with a run's files, in English. */
import type { Damage, DamagedFile, IndexFault } from '../damage';
import type { Tell } from '../types';

/** Follows the file's name. */
export function damageWords(damage: Damage, tell: Tell): string {
  switch (damage) {
    case 'missing':
      return 'is missing';
    case 'damaged-or-missing':
      return 'is damaged or missing';
    case 'unfinished':
      return 'was never finished';
    case 'other-sum':
      return 'has another SHA-256 than when it was written';
    case 'other-save':
      return 'is of another save than trainer_state.json';
  }
  if ('bytes' in damage) return `has ${damage.bytes} bytes instead of ${damage.recorded}`;
  if ('noStateOfStep' in damage) return `is no trainer state of step ${damage.noStateOfStep}, format 1`;
  return `cannot be read (${tell(damage.unreadable)})`;
}

export function damagedWords({ path, damage }: DamagedFile, tell: Tell): string {
  return `${path} ${damageWords(damage, tell)}`;
}

const INDEX_FAULTS = {
  missing: 'is missing',
  empty: 'is empty',
  'no-json': 'is not JSON',
  'no-index': 'is no index of a run',
  'no-checkpoints': 'names no checkpoint',
  'no-list-of-checkpoints': 'has no list of checkpoints',
  'no-list-of-files': 'has no list of files',
  'other-sum': 'has another SHA-256 than when it was written',
  'names-no-files': 'names no files, and no config.json or metrics.jsonl of a run lies beside it',
};

/** Follows the index's name. */
export function indexWords(fault: IndexFault): string {
  return typeof fault === 'string'
    ? INDEX_FAULTS[fault]
    : `has format ${fault.format}, which is not known here`;
}
