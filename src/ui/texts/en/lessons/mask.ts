/** Texts of the lesson about the mask. */
import { count } from '../../../../report/format';

export const lessonMask = {
  steps: {
    look: {
      title: 'One conversation, two ways to train it',
      text: 'Masked, only the tokens that the model wrote are trained. Unmasked, everything after the prompt is, mails too. The view shows one conversation both ways: compare the coloured parts.',
      press: 'Show both',
    },
    run: {
      title: 'Predict, then let both run',
      text: 'The button trains the same model twice, from the same start and with the same luck, once with the mask and once without. It takes about a minute on a graphics card and five without one. Meanwhile the curves grow under “Compare”.',
      ask: 'Which one answers more new questions at the end?',
      options: ['With the mask', 'Without the mask: it learns from more text', 'Both alike'],
      press: 'Train both',
    },
    inside: {
      title: 'What happened inside?',
      text: 'Look at the curves of entropy and KL. Entropy says how undecided the model is about its own next token. KL says how far it has moved from its start.',
      ask: 'Whose entropy is higher at the end?',
      options: ['With the mask', 'Without the mask', 'Alike'],
      press: 'Show the curves',
    },
    limits: {
      title: 'What can you not conclude?',
      text: 'One run each is one throw of the dice. The conclusion under “Compare” says what its numbers cannot tell. In class, let every group use another seed, collect the run files and drop them all on “Runs”: the curves become bands.',
      press: 'Three more pairs (takes longer)',
    },
  },
  counted: (masked: string, unmasked: string) =>
    `In this conversation the mask leaves ${masked} of the tokens; without it ${unmasked} are trained.`,
  entropy: (masked: string, unmasked: string) =>
    `In the last steps the entropy was ${masked} nats with the mask and ${unmasked} without.`,
  kl: (masked: string, unmasked: string) =>
    `From its start the masked model has moved by ${masked} nats a token, the unmasked one by ${unmasked}.`,
  why: 'Most of a bad conversation is text from mails. Without the mask, training makes that text less likely too, although nobody chose it. Pushed away from text it cannot change, the model becomes unsure of everything, its own words included.',
  seeds: (seeds: number) => `You have now compared ${count(seeds, 'seed')}.`,
};
