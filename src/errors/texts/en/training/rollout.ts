/** Texts about rollouts and the steps made of them. */

/** A rollout, by its number and its task. */
export interface Rollout {
  readonly rollout: number;
  readonly task: string;
}

const nameOf = ({ rollout: number, task }: Rollout): string => `Rollout ${number} of task "${task}"`;

export const rollout = {
  'training/expert-turn': ({ text, form }: { text: string; form: string }) =>
    `An expert's turn would be read back as another one: ${JSON.stringify(text)} (form ${form}). Leave tool-call marks out of ` +
    'its text, and give arguments that are plain JSON.',
  'training/no-evaluation-tasks': ({ split }: { split: string }) =>
    `The ${split} split has no tasks to evaluate. Add some to the dataset, or use another split.`,
  'training/node-maps': ({ maps, trajectories }: { maps: number; trajectories: number }) =>
    `Loss rows need the node map of every trajectory: got ${maps} maps for ${trajectories} trajectories. Pass both in the order ` +
    'given to buildForest.',
  'training/token-weight': ({
    token,
    trajectory,
    weight,
    advantage,
  }: {
    token: number;
    trajectory: number;
    weight: string;
    advantage: string;
  }) =>
    `Token ${token} of trajectory ${trajectory} has weight ${weight} and advantage ${advantage}; both must be finite. Look for ` +
    'a reward that is not a number.',
  'training/sequences': ({ sequences, requests }: { sequences: number; requests: number }) =>
    `The sampler answered ${sequences} sequences to ${requests} requests. This is a fault of the policy.`,
  'training/prompt-no-room': ({
    task,
    length,
    maxSeqLength,
  }: {
    task: string;
    length: number;
    maxSeqLength: number;
  }) =>
    `The prompt of task "${task}" has ${length} tokens, the context (maxSeqLength) ${maxSeqLength}. Raise maxSeqLength, or ` +
    'choose a shorter prompt style.',
  'training/prompt-too-long': ({
    task,
    length,
    maxSeqLength,
  }: {
    task: string;
    length: number;
    maxSeqLength: number;
  }) =>
    `The prompt of task "${task}", the longest of this run, has ${length} tokens, the context (maxSeqLength) ${maxSeqLength}. ` +
    'Raise maxSeqLength, or choose a shorter prompt style. No weights were loaded yet.',
  'training/rollout-length': ({
    turn,
    reported,
    recorded,
    hasEnded,
    ...which
  }: Rollout & { turn: number; reported: number; recorded: number; hasEnded: boolean }) =>
    `${nameOf(which)}: after turn ${turn} the sampler reports ${reported} tokens, the record has ${recorded}` +
    `${hasEnded ? ' and has ended' : ''}. This is a fault of the policy.`,
  'training/rollout-record': ({
    reported,
    recorded,
    at,
    ...which
  }: Rollout & { reported: number; recorded: number; at: number | null }) =>
    `${nameOf(which)}: the sampler's record (${reported} tokens) differs from the tokens that were sampled and appended ` +
    `(${recorded})${at === null ? '' : ` at token ${at}`}. Earlier tokens must never change; this is a fault of the policy.`,
  'training/rollout-open': (which: Rollout) =>
    `${nameOf(which)} came back before its episode ended. This is a fault of the policy.`,
  'training/rollout-log-prob': ({ token, found, ...which }: Rollout & { token: number; found: string }) =>
    `${nameOf(which)}: the log-prob of token ${token} is ${found}. The weights have most likely overflowed: resume from the ` +
    'last checkpoint with a lower learning rate.',
  'training/warm-start-loss': ({ loss }: { loss: string }) =>
    `The warm start produced a loss of ${loss}. Lower warmStartLearningRate, or resume from the last checkpoint.`,
  'training/not-finite': ({ found, before }: { found: NotFinite; before: number }) =>
    `Training produced ${notFiniteWords(found)}${
      before === 0
        ? ''
        : `, after ${before} ${before === 1 ? 'update' : 'updates'} in a row had been left out for the same`
    }. Nothing of this step was saved: resume from the last checkpoint with a lower ` +
    'learningRate or maxGradNorm, or a higher beta.',
};

export type NotFinite = 'log-probs' | { loss: string } | { gradNorm: string };

/** What an update was found to give, as it stands in a sentence. */
export function notFiniteWords(found: NotFinite): string {
  if (found === 'log-probs') return 'log-probs that are not numbers';
  return 'loss' in found
    ? `a loss of ${found.loss}, or log-probs that are not numbers`
    : `a gradient norm of ${found.gradNorm}`;
}
