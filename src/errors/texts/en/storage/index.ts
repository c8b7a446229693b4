/** Texts of StorageError: files that people give, the places of a run's files, and whose they are. */
import { archives } from './archives';
import { exports } from './exports';
import { folders } from './folders';
import { places } from './places';

// Spreading counts as a side effect unless a call marked pure does it: so a bundle drops the texts of errors that it never makes.
export const storage = /* @__PURE__ */ (() => ({ ...archives, ...exports, ...folders, ...places }))();
