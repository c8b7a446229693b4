/** Texts of CorpusError. */
import { dataset } from './dataset';
import { reasons } from './reasons';
import { search } from './search';

export type { Expected } from './dataset';

export const corpus = { ...dataset, ...reasons, ...search };
