/**
 * What every setting means: the one source of form fields, validation, defaults, environment variables and
 * `docs/settings.md`. The mapped type makes a missing or superfluous entry a compile error. An environment adds its own
 * entries in the same form (`schema.ts`).
 */
import { ADAPTER } from './adapter';
import { EVALUATION } from './evaluation';
import { OBJECTIVE } from './objective';
import { REWARDS } from './rewards';
import { ROLLOUTS } from './rollouts';
import { SURROUNDINGS } from './surroundings';
import { TASK } from './task';
import { TRAINING } from './training';
import { WARM_START } from './warm-start';
import type { TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export type CoreKey = keyof CoreSettings;

/** In the order in which all are told, such as in addresses, `config.json` and the help of commands. */
export const CORE_TABLE: TableOf<CoreSettings> = {
  ...TASK,
  ...WARM_START,
  ...TRAINING,
  ...OBJECTIVE,
  ...ROLLOUTS,
  ...ADAPTER,
  ...REWARDS,
  ...EVALUATION,
  ...SURROUNDINGS,
};
