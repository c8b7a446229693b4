/** Texts of the lesson about clipping and KL. */
export const lessonClip = {
  steps: {
    ratio: {
      title: 'How much may one step change?',
      text: 'After a step a token has a new probability. The ratio of new to old says how far it was pushed. Once it is above 1.2 or below 0.8, the token is clipped: it has had its say. Your run makes one update on each batch of conversations.',
      ask: 'How many tokens will be clipped?',
      options: ['None', 'Some', 'Most'],
      press: 'Run three steps',
    },
    again: {
      title: 'Four updates on the same conversations',
      text: 'The same again, but every batch is used four times. The model has changed by the second time, the conversations have not.',
      ask: 'How many tokens will be clipped now?',
      options: ['None', 'Some', 'Most'],
      press: 'Run with four updates',
    },
    far: {
      title: 'Larger steps',
      text: 'KL measures how far the model has moved from its start, in nats a token. It is also a term of the loss, with the weight beta, and pulls back like a leash. Now the step size is ten times as large.',
      ask: 'What will KL be after three steps?',
      options: ['About the same: beta holds it', 'Higher', 'Lower'],
      press: 'Run with larger steps',
    },
    explain: {
      title: 'Two brakes',
      text: 'Clipping looks at one batch: no token may be pushed too far by it. KL looks at the whole way: the model should remain close to what it could do before. Neither knows whether the reward is sensible, which is what the next lesson is about.',
    },
  },
  clipped: (share: string) => `At most ${share} of the tokens were clipped in a step of your run.`,
  one: 'With one update the tokens were written by the very model that is updated: every ratio is 1 when the gradient is taken, and there is nothing to clip.',
  four: (one: string, four: string) =>
    `Clipped tokens at most: ${one} with one update, ${four} with four. The later updates meet tokens that the earlier ones have moved.`,
  moved: (before: string, after: string) =>
    `KL at most: ${before} nats a token with the usual steps, ${after} with ten times larger ones.`,
};
