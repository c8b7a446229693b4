/** The page's own texts. */
import type { PageTexts } from '../catalogue';
import { advice } from './advice';
import { app } from './app';
import { ask } from './ask';
import { charts } from './charts';
import { compare } from './compare';
import { conclusion } from './conclusion';
import { device } from './device';
import { mail } from './mail';
import { mask } from './mask';
import { problems } from './problems';
import { run } from './run';
import { setup } from './setup';
import { storage } from './storage';
import { tokens } from './tokens';
import { training } from './training';
import { trajectories } from './trajectories';

export const page: PageTexts = {
  advice,
  app,
  ask,
  charts,
  compare,
  conclusion,
  device,
  mail,
  mask,
  problems,
  run,
  setup,
  storage,
  tokens,
  training,
  trajectories,
};
