/** Texts of TrainingError: a run cannot start or go on. */
import { resume } from './resume';
import { rollout } from './rollout';
import { run } from './run';
import { verify } from './verify';

// Spreading counts as a side effect unless a call marked pure does it: so a bundle drops the texts of errors that it never makes.
export const training = /* @__PURE__ */ (() => ({ ...resume, ...rollout, ...run, ...verify }))();
