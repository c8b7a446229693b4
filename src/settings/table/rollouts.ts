/** Settings of episodes: their lengths, what is told to the template, and how tokens are drawn. */
import { count, onOff, real, text, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const ROLLOUTS = {
  maxTurns: {
    label: 'Turns',
    group: 'Rollout',
    unit: 'turns',
    default: 4,
    rule: count(1, 100),
    env: 'MAX_TURNS',
    description: 'Assistant turns of an episode, at most; the last one must give the answer.',
  },
  maxTokens: {
    label: 'Tokens per turn',
    group: 'Rollout',
    unit: 'tokens',
    default: 64,
    rule: count(1, 131_072),
    env: 'MAX_TOKENS',
    description: 'Tokens that the policy may write in one turn, at most.',
  },
  maxSeqLength: {
    label: 'Context',
    group: 'Rollout',
    unit: 'tokens',
    default: 1024,
    rule: count(16, 1_048_576),
    env: 'MAX_SEQ_LENGTH',
    description:
      "Tokens of a whole conversation, prompt and tool results included; cut to the model's own limit.",
  },
  thinking: {
    label: 'Thinking',
    group: 'Rollout',
    unit: '',
    default: false,
    rule: onOff,
    description:
      'Whether a model that can think does so before each turn (enable_thinking of its chat template). Off: thoughts hardly ' +
      'fit the short turns of an agent (maxTokens), and a call inside a cut thought is none.',
    advanced: true,
  },
  chatTemplateArguments: {
    label: 'Template arguments',
    group: 'Rollout',
    unit: '',
    default: 'none',
    rule: text,
    description:
      'Further variables of the chat template, as a JSON object such as {"reasoning_effort": "low"}; they beat thinking. ' +
      'none for none. docs/models.md.',
    advanced: true,
  },
  templateDate: {
    label: 'Date in the prompt',
    group: 'Rollout',
    unit: '',
    default: '2024-07-26',
    rule: text,
    description:
      'The day, YYYY-MM-DD, that chat templates which name one write into the prompt; never the day of the run, so that ' +
      'evaluations and resumed runs see the same tokens.',
    advanced: true,
  },
  readSlips: {
    label: 'Read slips of type',
    group: 'Rollout',
    unit: '',
    default: true,
    rule: onOff,
    description:
      'Reads arguments of the wrong type where it is plain what they mean: "5" for 5, one word or a JSON text for a list. ' +
      'They are counted (typeSlips). Off: they are wrong arguments.',
    advanced: true,
  },
  temperature: {
    label: 'Temperature',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 10, { minOpen: true }),
    env: 'TEMPERATURE',
    description: 'Divides the logits, in sampling and in the loss alike. Below 1 is more certain.',
  },
  topP: {
    label: 'Top-p',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 1, { minOpen: true }),
    description: 'Sample from the most likely tokens that hold this much probability together. 1 keeps all.',
    advanced: true,
  },
  topK: {
    label: 'Top-k',
    group: 'Rollout',
    unit: 'tokens',
    default: 0,
    rule: count(0, 1_000_000),
    description: 'Sample from this many most likely tokens. 0 keeps all.',
    advanced: true,
  },
  minP: {
    label: 'Min-p',
    group: 'Rollout',
    unit: '',
    default: 0,
    rule: real(0, 1, { maxOpen: true }),
    description: 'Leave out tokens less likely than this share of the most likely one. 0 keeps all.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
