/** Texts of the view of the present run. */
export const training = {
  intro: {
    title: 'How it works',
    steps: [
      {
        name: 'Try.',
        text: 'The model gets a question, calls tools (to search a mailbox, say), reads what they return and answers, several times over, each time a little differently.',
      },
      {
        name: 'Compare.',
        text: 'Each try earns a reward. Better than its siblings is an advantage, worse is a disadvantage.',
      },
      {
        name: 'Learn.',
        text: 'The words of good tries become more likely, those of bad ones less. Only words the model wrote itself: that is the mask.',
      },
    ],
    example: 'One try, token by token',
    exampleLabel: 'Tokens of an example',
  },
  accuracy: {
    title: 'Accuracy',
    caption:
      'Share of right answers: while training (sampled) and in evaluations, on questions it never trains on.',
  },
  meanOf: (steps: number) => `training, mean of ${steps} steps`,
  eachStep: 'each step',
  withDeviation: (caption: string) => `${caption} The thin lines are one standard deviation above and below.`,
  above: '+1 sd',
  below: '−1 sd',
  tokensThatCount: {
    title: 'Tokens that count',
    caption:
      'Trained: share of tokens with a gradient. Computed: share left after shared beginnings are merged.',
  },
  groupsThatTeach: {
    title: 'Groups that teach',
    caption:
      'Questions whose answers differ in reward. All right or all wrong teaches nothing and is left out.',
  },
  rewardParts: {
    title: 'Parts of the reward',
    caption: 'Mean of each part over the rollouts to which it applies, before its weight.',
  },
  evaluations: 'Evaluations',
  evaluationsNote: 'The same questions every time, which are never trained on.',
  evaluationsTable: 'Table of evaluations',
  meanAndDeviation: 'Mean ± standard deviation',
  step: 'Step',
  start: 'start',
  test: 'test',
  best: 'best',
};
