/** Texts of TrainingError: a run cannot start or go on. */
import type { TextsOf } from '../types';
import { resume } from './resume';
import { rollout } from './rollout';
import { run } from './run';
import { verify } from './verify';

export const training: TextsOf<'training'> = { ...resume, ...rollout, ...run, ...verify };
