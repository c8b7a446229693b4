/** What is wrong with a file of a run, as data. */
import type { Told } from './types';

export type Damage =
  | 'missing'
  | 'damaged-or-missing'
  | 'unfinished'
  | 'other-sum'
  /** Metadata and state are not of one save. */
  | 'other-save'
  | { readonly bytes: number; readonly recorded: number }
  | { readonly noStateOfStep: number }
  | { readonly unreadable: Told };

export interface DamagedFile {
  readonly path: string;
  readonly damage: Damage;
}

/** What is wrong with a run's index. */
export type IndexFault =
  | 'missing'
  | 'empty'
  | 'no-json'
  | 'no-index'
  | 'no-checkpoints'
  | 'no-list-of-checkpoints'
  | 'no-list-of-files'
  | 'other-sum'
  /** Of an older version, and nothing of a run lies beside it. */
  | 'names-no-files'
  /** As JSON. */
  | { readonly format: string };
