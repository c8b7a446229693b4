/** Settings of where a run works: its seed, its folder, downloads and log. */
import { count, onOff, real, text, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const SURROUNDINGS = {
  seed: {
    label: 'Seed',
    group: 'Task',
    unit: '',
    default: 42,
    rule: count(0, 4_294_967_295),
    env: 'SEED',
    description: 'Everything random follows from it: two runs with one seed give the same numbers.',
  },
  outputDir: {
    label: 'Output folder',
    group: 'Files',
    unit: '',
    default: 'outputs/grpo_<mode>',
    rule: text,
    env: 'OUTPUT_DIR',
    description:
      "Where adapters, metrics and logs go; <mode> stands for the mode. In the page: the browser's storage.",
  },
  hubEndpoint: {
    label: 'Hub',
    group: 'Files',
    unit: '',
    default: 'https://huggingface.co',
    rule: text,
    env: 'HF_ENDPOINT',
    description:
      'Address of the server that hub:<owner>/<name> is asked of: the Hugging Face hub, or a mirror of it.',
    advanced: true,
  },
  offline: {
    label: 'Offline',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    env: 'HF_HUB_OFFLINE',
    description: 'Take models from earlier downloads and ask no server; what was not downloaded is refused.',
    advanced: true,
  },
  downloadTimeout: {
    label: 'Download time-out',
    group: 'Files',
    unit: 's',
    default: 30,
    rule: real(0, 86_400, { minOpen: true }),
    description: 'A download to which nothing comes for so long is tried again, from where it is.',
    advanced: true,
  },
  verbose: {
    label: 'Verbose log',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    env: 'VERBOSE',
    description: 'Log every rollout, group and update.',
    advanced: true,
  },
} satisfies Partial<TableOf<CoreSettings>>;
