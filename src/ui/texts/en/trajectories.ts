/** Texts of the view of trajectories. */
import { count } from '../../../report/format';

export const trajectories = {
  empty:
    'No trajectories yet. While a run goes on, every conversation of the latest steps appears here: what the model searched, read and answered, token by token.',
  step: 'Step',
  stepLabel: 'Step whose trajectories are shown',
  newest: (step: number | null) => `newest (${step ?? '–'})`,
  openOne: 'Open a rollout to see its tokens.',
  rightAnswer: 'Right answer:',
  rollouts: (n: number) => count(n, 'rollout'),
  right: (n: number, all: number) => `${n} of ${all} right`,
  rewardOnly: 'no answer is asked for, its reward counts',
  saidReward: 'reward',
  saidAdvantage: ', advantage',
  rolloutOf: (rollout: number, question: string) => `Rollout ${rollout} of “${question}”`,
  tokensOf: (rollout: number) => `Tokens of rollout ${rollout}`,
  quoted: (answer: string) => `“${answer}”`,
  facts: (of: {
    readonly reward: string;
    readonly advantage: string;
    readonly trained: number;
    readonly tokens: number;
    readonly share: string;
  }) =>
    `Reward ${of.reward} · advantage ${of.advantage} · ${of.trained} of ${count(of.tokens, 'token')} trained (${of.share})`,
  noMatch: 'No rollout of this step matches the filter.',
  filters: {
    title: 'Find rollouts',
    words: 'Words in question, conversation or answer',
    verdictLabel: 'Verdict',
    verdict: { any: 'right and wrong', right: 'right', wrong: 'wrong' },
    groupLabel: 'Group',
    group: { any: 'trained and dropped', kept: 'trained', dropped: 'dropped' },
    pushLabel: 'Advantage',
    push: { any: 'any advantage', up: 'above 0', down: 'below 0' },
    levelLabel: 'Level of the question',
    anyLevel: 'any level',
    level: (level: number) => `level ${level}`,
    toolErrors: 'with a fault in a tool call',
    clear: 'Clear',
    found: 'Found in',
    inStep: (step: number, n: number) => `step ${step}: ${n}`,
  },
  colourBy: 'Colour by',
  colouring: { mask: 'Mask', advantage: 'Advantage', logprob: 'Log-prob' },
};
