/** Settings of what is kept on the GPU: the adapter, the form of the weights, keys and values. */
import { BASE_WEIGHTS, CACHE_TYPES, LORA_TARGETS } from '../choices';
import { count, real, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const ADAPTER = {
  loraR: {
    label: 'LoRA rank',
    group: 'Adapter',
    unit: '',
    default: 16,
    rule: count(1, 1024),
    description: "Inner size of the adapter's matrices.",
  },
  loraAlpha: {
    label: 'LoRA alpha',
    group: 'Adapter',
    unit: '',
    default: 32,
    rule: real(0, 65_536, { minOpen: true }),
    description: 'The adapter counts alpha / rank times.',
  },
  loraTargets: {
    label: 'LoRA targets',
    group: 'Adapter',
    unit: '',
    default: [...LORA_TARGETS],
    rule: { kind: 'list', choices: LORA_TARGETS },
    description: 'Projections that get an adapter, separated by commas.',
    advanced: true,
  },
  baseWeights: {
    label: 'Base weights',
    group: 'Adapter',
    unit: '',
    default: 'auto',
    rule: { kind: 'choice', choices: BASE_WEIGHTS },
    description:
      'How the frozen weights are kept on the GPU, for training, evaluation and sampling alike. f16, int8 and int4 ' +
      'take 16, 9 and 5 bits a weight instead of 32 (embedding and head 16 in all of them); the policy is then the ' +
      'rounded model. auto: f32 where that takes at most 1200 MB, else f16, and the next smaller one that the run fits in; ' +
      'the run notes which.',
    advanced: true,
  },
  cacheMegabytes: {
    label: 'Key/value cache',
    group: 'Rollout',
    unit: 'MB',
    default: 2048,
    rule: count(1, 1_048_576),
    description:
      'Most GPU memory for keys and values while sampling, all layers together, and then for what an update keeps of its ' +
      'layers. Where it is full, rollouts wait for each other, and layers are computed twice; results are equal.',
    advanced: true,
  },
  cacheType: {
    label: 'Keys and values as',
    group: 'Rollout',
    unit: '',
    default: 'f32',
    rule: { kind: 'choice', choices: CACHE_TYPES },
    description:
      'How keys and values are kept while sampling. f16 takes half the memory, so that twice as many tokens are sampled at ' +
      'once; log-probs of sampled tokens are then off by about a thousandth of what training computes for them.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
