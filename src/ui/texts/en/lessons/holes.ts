/** Texts of the lesson about rewards that can be gamed. */
export const lessonHoles = {
  steps: {
    predict: {
      title: 'You pay, the model delivers',
      text: 'A new, tiny task: “Ada writes the digit 7. Which digit?” The right answer is the digit alone. Whoever wrote the reward was in a hurry: it counts how often the digit occurs in the answer. First the model sees a few good examples, then it is trained with this reward.',
      ask: 'What will it write in the end?',
      options: ['The digit, and nothing else', 'The digit again and again', 'Any digits, by chance'],
      press: 'Train with this reward',
    },
    look: {
      title: 'Look at what it writes',
      text: 'The curve of the reward goes up, and that is all that training sees. Open a conversation of the last step in the marked list.',
      press: 'Show the conversations',
    },
    leash: {
      title: 'Does a leash help?',
      text: 'KL pulls the model back to its start. The button trains again with the same reward, and beta a hundred times as large.',
      ask: 'How many answers will be right at the end?',
      options: ['As few as before', 'About as many as at its start', 'All'],
      press: 'Train on a short leash',
    },
    fix: {
      title: 'Close the hole',
      text: 'Now the reward says what was meant: 1 for the digit alone, else 0. Everything else is as in the first run.',
      ask: 'Which run has more right answers at the end?',
      options: ['The one with the closed hole', 'The one that counts mentions', 'Both alike'],
      press: 'Train with the closed hole',
    },
    real: {
      title: 'Holes are found, not looked for',
      text: 'The model did not cheat: it did what was paid for. This happens with large models too. The mail task of this page had such a hole: the reward of the system that it follows punishes “I don’t know” even where it is right. Trained with it, the model was right on 31 % of the questions that have no answer, and with our reward on all of them. What helps: a check that the reward does not see, reading conversations, and a second look when the reward rises faster than you can explain.',
    },
  },
  gamed: (of: {
    readonly reward: string;
    readonly rewardAfter: string;
    readonly right: string;
    readonly rightAfter: string;
  }) =>
    `The mean reward went from ${of.reward} to ${of.rewardAfter}. Right answers to new questions went from ${of.right} to ${of.rightAfter}.`,
  notGamed:
    'The model has not found the hole in this run: it never tried the digit twice. Train again with another seed.',
  wrote: (answer: string, gold: string, reward: string) =>
    `It wrote “${answer}” where “${gold}” was right, and earned ${reward}.`,
  leash: (of: { readonly without: string; readonly withLeash: string; readonly start: string }) =>
    `Right answers: ${of.start} before training, ${of.without} without the leash, ${of.withLeash} with it. A leash keeps what was there, it does not know what is right.`,
  fixed: (of: { readonly hole: string; readonly fixed: string }) =>
    `Right answers at the end: ${of.hole} where mentions are counted, ${of.fixed} where the digit alone pays.`,
};
