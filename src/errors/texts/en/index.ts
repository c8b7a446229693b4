/** All English texts. Classes look theirs up in their own parts; nobody needs the whole but for its type. */
import { agent } from './agent';
import { conversation } from './conversation';
import { corpus } from './corpus';
import { dawn } from './dawn';
import { environment } from './environment';
import { gpu } from './gpu';
import { op } from './op';
import { page } from './page';
import { policy } from './policy';
import { serve } from './serve';
import { settings } from './settings';
import { storage } from './storage';
import { trace } from './trace';
import { training } from './training';
import { worker } from './worker';

// Spreading counts as a side effect unless a call marked pure does it: so a bundle drops the texts of errors that it never makes.
export const english = /* @__PURE__ */ (() => ({
  ...agent,
  ...conversation,
  ...corpus,
  ...dawn,
  ...environment,
  ...gpu,
  ...op,
  ...page,
  ...policy,
  ...serve,
  ...settings,
  ...storage,
  ...trace,
  ...training,
  ...worker,
}))();
/** The texts that every other language has to have, with their params. */
export type English = typeof english;
