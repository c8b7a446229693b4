/** What errors say, by code. */
import type { ErrorTexts } from '../../../../errors/texts';
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

export const errors: ErrorTexts = {
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
};
