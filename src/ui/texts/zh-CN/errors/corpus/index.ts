/** Texts of CorpusError. */
import type { TextsOf } from '../types';
import { dataset } from './dataset';
import { reasons } from './reasons';
import { search } from './search';

export const corpus: TextsOf<'corpus'> = { ...dataset, ...reasons, ...search };
