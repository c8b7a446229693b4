/** Texts about trajectories and their tokens. */
import { count } from '../../../report/format';

export const tokens = {
  prompt: 'Prompt',
  modelTurn: (turn: number) => `Model, turn ${turn}`,
  toolResult: (turn: number) => `Tool result ${turn}`,
  tokens: (n: number) => count(n, 'token'),
  trained: (n: number, of: number) => (n === 0 ? 'not trained' : n === of ? 'all trained' : `${n} trained`),
  verdict: {
    right: 'right',
    wrong: 'wrong',
    abstained: 'abstained',
    'no answer': 'no answer',
    'not judged': 'not judged',
  },
  /** For screen readers, before the answer. */
  said: (verdict: string) => `${verdict}: `,
  end: {
    answered: 'gave an answer',
    unparsable: 'wrote no readable tool call',
    'bad-call': 'called a tool wrongly',
    'out-of-turns': 'ran out of turns',
    'out-of-context': 'ran out of context',
    unscorable: 'could not be scored',
  },
  role: {
    prompt: 'prompt, not trained',
    trained: 'written by the model, trained',
    untrained: 'written by the model, not trained',
    tool: 'tool result, not trained',
    'tool-trained': 'tool result, trained',
  },
  fact: {
    id: 'id',
    mask: 'mask',
    advantage: 'advantage',
    logprob: 'log-prob',
    now: 'at the update',
    reference: 'reference',
    after: 'after the step',
    ratio: 'ratio',
    share: 'share of the gradient',
  },
  clipped: (ratio: string) => `${ratio}, clipped`,
  /** A token in a legend. */
  sample: 'abc',
  legend: {
    prompt: 'prompt',
    muchLess: 'much less likely from now on',
    less: 'less likely',
    same: 'no change',
    more: 'more likely',
    muchMore: 'much more likely',
    notByModel: 'not written by the model',
    atLeast: (share: string) => `p ≥ ${share}`,
    below: (share: string) => `p < ${share}`,
  },
  keys: (label: string) => `${label}. Arrow keys move from token to token.`,
};
