/** All objectives by name. A name of `LOSS_TYPES` that has none here does not compile. */
import { LOSS_TYPES } from '../../settings/objective';
import { bnpo } from './bnpo';
import { cispo } from './cispo';
import { dapo } from './dapo';
import { drGrpo } from './dr-grpo';
import { grpo } from './grpo';
import { sapo } from './sapo';
import { supervised } from './supervised';
import type { Objective, ObjectiveName } from './types';

export const OBJECTIVES: Readonly<Record<ObjectiveName, Objective>> = {
  grpo,
  bnpo,
  dapo,
  dr_grpo: drGrpo,
  cispo,
  sapo,
  supervised,
};

export const OBJECTIVE_NAMES: readonly ObjectiveName[] = [...LOSS_TYPES, 'supervised'];
