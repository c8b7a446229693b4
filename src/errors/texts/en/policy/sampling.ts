/** Texts about sampling, by the engine's sampler and through transformers.js. */
const RULES = {
  temperature: '>= 0',
  topP: 'in (0, 1]',
  minP: 'in [0, 1]',
  topK: '0 or a positive integer',
  maxTurnTokens: 'positive',
};

/** Why a call to sample cannot start. */
export type SamplingProblem =
  | 'empty-prompt'
  | { readonly name: keyof typeof RULES; readonly value: number }
  | { readonly maxSeqLength: number; readonly most: number }
  | { readonly tokens: number; readonly maxSeqLength: number }
  | { readonly token: number; readonly vocabulary: number }
  | { readonly group: number; readonly rollout: number };

function problemWords(problem: SamplingProblem): string {
  if (problem === 'empty-prompt') return 'a prompt has no tokens';
  if ('name' in problem) return `${problem.name} is ${problem.value}, must be ${RULES[problem.name]}`;
  if ('most' in problem)
    return `maxSeqLength is ${problem.maxSeqLength}, must be in 2 … ${problem.most} for this model`;
  if ('tokens' in problem)
    return `a prompt has ${problem.tokens} tokens and maxSeqLength is ${problem.maxSeqLength}; raise maxSeqLength or shorten the prompt`;
  if ('token' in problem)
    return `token id ${problem.token} is outside the vocabulary of ${problem.vocabulary}`;
  return `group ${problem.group} and rollout ${problem.rollout} must be below 65536`;
}

export const sampling = {
  'policy/sampling': ({ problem }: { problem: SamplingProblem }) =>
    `Sampling cannot start: ${problemWords(problem)}.`,
  'policy/cache-type': ({ headDim, multiple }: { headDim: number; multiple: number }) =>
    `cacheType=f16 was asked for, which keeps heads of a multiple of ${multiple} numbers; this model's have ${headDim}. ` +
    'Leave cacheType at f32.',
  'policy/sampling-room': ({
    needed,
    room,
    megabytes,
    layerBytes,
  }: {
    needed: number;
    room: number;
    megabytes: number;
    layerBytes: number;
  }) =>
    `Sampling needs room for ${needed} tokens in the key/value cache at least; there is room for ${room} (${megabytes} MB in ` +
    `all, ${layerBytes} bytes a layer). Lower maxSeqLength, sample fewer prompts at once, or give the cache more memory.`,
  'policy/sampling-stopped': () => 'Sampling was stopped.',
  'policy/turn-empty': () => 'A turn was continued without any token; answer null to finish.',
  'policy/turn-token': ({ token, vocabulary }: { token: number; vocabulary: number }) =>
    `A continuation holds token id ${token}, outside the vocabulary of ${vocabulary}.`,
  'policy/turn-too-long': ({
    tokens,
    before,
    maxSeqLength,
  }: {
    tokens: number;
    before: number;
    maxSeqLength: number;
  }) =>
    `A continuation of ${tokens} tokens after ${before} leaves no room below maxSeqLength ${maxSeqLength}.`,
  'policy/conversation-too-long': ({ tokens, maxSeqLength }: { tokens: number; maxSeqLength: number }) =>
    `A conversation has ${tokens} tokens and maxSeqLength is ${maxSeqLength}; raise maxSeqLength or shorten the prompt.`,
  'policy/generation-too-long': ({ tokens, most }: { tokens: number; most: number }) =>
    `The sequence has ${tokens} tokens; this model holds ${most}. Lower max_new_tokens.`,
  'policy/session-input': ({ name }: { name: string }) => `The session was run without ${name}.`,
  'policy/session-past': ({ past, fed }: { past: number; fed: number }) =>
    `The past holds ${past} sequences and ${fed} were fed.`,
  'policy/session-mask': ({ total, cached, fed }: { total: number; cached: number; fed: number }) =>
    `The attention mask covers ${total} positions, but ${cached} are cached and ${fed} were fed.`,
  'sampling-stopped': () => 'The conversation was stopped.',
};
