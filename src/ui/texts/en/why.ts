/** Texts about why a step did what it did. */
import { count } from '../../../report/format';

export const why = {
  step: (step: number) => `Step ${step}`,
  notKept: (steps: string) =>
    steps === ''
      ? 'No trajectories of this step were kept.'
      : `The trajectories of this step were not kept: the page keeps the latest that fit into its memory. Kept are steps ${steps}.`,
  notMeasured:
    'What this step changed was not measured. “Measure what each step changes”, under the curves, does that for the next ones.',
  nothingTrained: 'All its groups were dropped, so this step changed nothing.',
  pictured: 'Pictures of an update:',
  moved: 'Tokens that this step moved most',
  from: (before: string, after: string, isUp: boolean) =>
    isUp ? `${before} → ${after}, more likely` : `${before} → ${after}, less likely`,
  jump: {
    step: 'See why, step',
    open: 'Open',
    hint: 'Or click a point of a curve.',
  },
  reason: {
    kept: 'trained',
    unscorable: 'dropped: fewer than two rollouts could be scored',
    'all-right': 'dropped: all right, nothing to compare',
    'all-wrong': 'dropped: all wrong, nothing to compare',
    alike: 'dropped: all rewards alike, nothing to compare',
    'little-spread': 'dropped: what it would train on hardly differs',
  },
  source: { prompt: 'prompt', sampled: 'model', tool: 'tool' },
  yes: 'yes',
  no: 'no',
  token: {
    title: (text: string, at: number) => `Token ${at}: ${text}`,
    noLogits:
      'Logits are read for the few tokens of a step that are pushed most; of this conversation these:',
  },
  table: {
    title: 'All numbers of its tokens, as a table',
    all: 'Also tokens that were not trained',
    more: (n: number) => `${n} more`,
    heads: [
      'Token',
      'Id',
      'Source',
      'Mask',
      'Log-prob now',
      'Log-prob then',
      'Reference',
      'After the step',
      'Ratio',
      'Clipped',
      'Advantage',
      'Share of the gradient',
    ],
  },
  tree: {
    title: 'This group as the tree that is trained',
    noIds: 'The ids of its tokens were not kept, so the tree cannot be made.',
    counts: (distinct: string, total: string, share: string) =>
      `${distinct} distinct tokens are computed instead of ${total} (${share}). Colours: the sum of the advantages that push a token.`,
    sharedByAll: (n: number) => `Shared by all ${n} rollouts.`,
    sharedBy: (n: number, which: string) => (n === 1 ? `Rollout ${which}.` : `Shared by rollouts ${which}.`),
    push: (mean: string) => `Mean push ${mean}.`,
    end: (rollout: number, reward: string, advantage: string) =>
      `Rollout ${rollout} ends: reward ${reward}, advantage ${advantage}`,
  },
  picture: {
    title: (token: string, at: number) => `How the step changed token ${at}, ${token}`,
    heads: ['Candidates', 'Logit and p before', 'Push by this token', 'Logit and p after'],
    advantage: (advantage: string, isUp: boolean) =>
      isUp
        ? `Advantage ${advantage}: better than its siblings, so the token that was drawn is to become more likely.`
        : `Advantage ${advantage}: worse than its siblings, so the token that was drawn is to become less likely.`,
    slope: (slope: string, temperature: string, share: string | null) =>
      `Push = −slope · (1 for the token, else 0, minus p) / T, slope ${slope}, T ${temperature}${share === null ? '' : `; ${share} of the step’s gradient`}.`,
    said: (token: string, before: string, after: string) => `${token}: ${before}, then ${after}.`,
    caption:
      'Before and after are measured around the whole step, in which all its other tokens push too, through shared weights; so what comes out need not follow this one push.',
    save: 'Save as SVG',
    file: 'token-update',
  },
  follow: {
    title: 'The same question while it learns',
    note: (every: number) =>
      `Asked at the start, after every ${count(every, 'step')} and at the end, always taking the likeliest token. It changes nothing of what is learned.`,
    waiting: 'The first answer comes before the first step.',
    atStep: (step: number) => (step === 0 ? 'At the start' : `After step ${step}`),
    reward: (reward: string) => `reward ${reward}`,
    tokens: (step: number) => `Tokens of the answer after step ${step}`,
    question: 'Question to follow',
    firstQuestion: 'the first validation question',
    otherQuestions: 'List other questions',
    measure: 'Measure what each step changes (a forward pass more)',
  },
};
