/** Texts of CorpusError. */
import type { TextsOf } from '../types';
import { dataset } from './dataset';
import { mailbox } from './mailbox';
import { reasons } from './reasons';
import { search } from './search';

export const corpus: TextsOf<'corpus'> = { ...dataset, ...mailbox, ...reasons, ...search };
