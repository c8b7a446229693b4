/** Texts of CorpusError. */
import { dataset } from './dataset';
import { mailbox } from './mailbox';
import { reasons } from './reasons';
import { search } from './search';

export type { Expected } from './dataset';

// Spreading counts as a side effect unless a call marked pure does it: so a bundle drops the texts of errors that it never makes.
export const corpus = /* @__PURE__ */ (() => ({ ...dataset, ...mailbox, ...reasons, ...search }))();
