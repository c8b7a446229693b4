/** Settings of the conversations that a run may begin with. */
import { count, real, text, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const WARM_START = {
  warmStartEpisodes: {
    label: 'Expert episodes',
    group: 'Warm start',
    unit: 'episodes',
    default: 0,
    rule: count(0, 1_000_000),
    description:
      "Episodes of the environment's expert that the run learns from before GRPO; only what the expert wrote is trained. " +
      '0: no warm start.',
  },
  warmStartFile: {
    label: 'Conversations',
    group: 'Warm start',
    unit: '',
    default: 'none',
    rule: text,
    description:
      'A JSON Lines file of conversations to learn from before GRPO, in the forms of OpenAI and TRL (messages with ' +
      'tool_calls, or prompt and completion); none for no file.',
    advanced: true,
  },
  warmStartEpochs: {
    label: 'Warm start epochs',
    group: 'Warm start',
    unit: 'epochs',
    default: 1,
    rule: count(1, 1000),
    description: 'How often every conversation of the warm start is seen.',
    advanced: true,
  },
  warmStartBatchSize: {
    label: 'Warm start batch',
    group: 'Warm start',
    unit: 'conversations',
    default: 16,
    rule: count(1, 4096),
    description: 'Conversations of one supervised step.',
    advanced: true,
  },
  warmStartLearningRate: {
    label: 'Warm start rate',
    group: 'Warm start',
    unit: '',
    default: 2e-3,
    rule: real(0, 1, { minOpen: true }),
    description: 'Learning rate of the first supervised step; it falls in a straight line to a tenth.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
