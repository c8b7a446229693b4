/** The page's own texts. */
import type { PageTexts } from '../catalogue';
import { advice } from './advice';
import { app } from './app';
import { ask } from './ask';
import { charts } from './charts';
import { check } from './check';
import { compare } from './compare';
import { conclusion } from './conclusion';
import { device } from './device';
import { lessonClip } from './lessons/clip';
import { lessonGiven } from './lessons/given';
import { lessonGroups } from './lessons/groups';
import { lessonHoles } from './lessons/holes';
import { lessonMask } from './lessons/mask';
import { lessonReal } from './lessons/real';
import { lessons } from './lessons/common';
import { mail } from './mail';
import { mask } from './mask';
import { problems } from './problems';
import { run } from './run';
import { runs } from './runs';
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
  check,
  compare,
  conclusion,
  device,
  lessonClip,
  lessonGiven,
  lessonGroups,
  lessonHoles,
  lessonMask,
  lessonReal,
  lessons,
  mail,
  mask,
  problems,
  run,
  runs,
  setup,
  storage,
  tokens,
  training,
  trajectories,
};
