/** Texts about what a run or a question is asked to do. */
import type { Foreign } from '../../types';

const WORK = {
  question: 'a question',
  training: 'a training run',
  evaluation: 'an evaluation',
  environment: 'loading another environment',
  download: 'removing a download',
  export: 'an export',
  model: 'opening a model',
  import: 'an import',
  questions: 'making questions',
  mailbox: 'a change of the mail',
  check: 'a check',
};
/** What the GPU does one at a time. */
export type Work = keyof typeof WORK;

export const run = {
  'training/device-lost-again': ({
    times,
    reason,
    saved,
  }: {
    times: number;
    reason: Foreign;
    saved: string | null;
  }) =>
    `The GPU was lost ${times} times without a save in between, the last time with: ${reason}. ` +
    `${saved === null ? 'Nothing was saved yet' : `${saved} is kept, with all before it`}. Restart the browser (or, on the command line, look at the ` +
    "system's log of the driver), lower microBatchTokens or numGenerations if memory was short, and " +
    `${saved === null ? 'train again.' : 'go on with resume=latest.'}`,
  'training/busy': ({ busy, wanted }: { busy: Work; wanted: Work }) =>
    `${WORK[busy]} is going on; wait for its end or stop it before ${WORK[wanted]}.`,
  'training/running-other': ({ key, running, asked }: { key: string; running: string; asked: string }) =>
    `A training run is going on with ${key} ${running}, and only that can be asked now, not ${asked}. Wait for its end, or ` +
    'stop it.',
  'training/temperature': ({ found }: { found: number }) =>
    `The temperature is ${found}; give a number from 0 (the most likely answer) to 10.`,
  'training/draw': ({ found }: { found: number }) =>
    `The number of the try is ${found}; give an integer from 0 to 65535.`,
  'training/no-own-words': ({ environment }: { environment: string }) =>
    `Environment "${environment}" takes no tasks in own words. Pick one of its own.`,
  'training/no-task': ({ dataset, task }: { dataset: string; task: string }) =>
    `Dataset ${dataset} has no task ${task}. Pick one of its tasks, or ask in own words.`,
  'training/no-training-tasks': ({ dataset }: { dataset: string }) =>
    `Dataset "${dataset}" has no training questions. Add questions to it, or choose another dataset.`,
  'training/only-warm-start-tasks': ({ dataset, tasks }: { dataset: string; tasks: number }) =>
    `All ${tasks} training questions of dataset "${dataset}" are kept for the warm start. Add questions of stage policy, or ` +
    'raise trainDatasetSize.',
  'training/no-expert': ({ environment, episodes }: { environment: string; episodes: number }) =>
    `Environment "${environment}" has no expert, so warmStartEpisodes ${episodes} cannot be played. Set it to 0, or give ` +
    'conversations by warmStartFile.',
  'training/no-conversation-fits': ({ file, maxSeqLength }: { file: string; maxSeqLength: number }) =>
    `No conversation of ${file} fits maxSeqLength ${maxSeqLength} tokens. Raise it, or shorten them.`,
  'training/nothing-to-learn': () =>
    'The warm start has nothing to learn from: no expert episode succeeded. Look at the warnings above, or set ' +
    'warmStartEpisodes to 0.',
};
