/** Texts around the lessons, and the glossary. */
import { count } from '../../../../report/format';

export const lessons = {
  title: 'Lessons',
  lead: 'Six short lessons that use this page: predict, run, look, explain. Numbers are those of your own runs.',
  open: 'Lessons',
  glossary: 'Glossary',
  guide: 'Guide for teachers',
  /** Beside the page. */
  guideFile: 'teachers.html',
  close: 'Close',
  name: {
    given: 'What is sampled, what is given',
    mask: 'Why the mask',
    groups: 'Groups and advantages',
    clip: 'Clipping and KL',
    holes: 'A reward with a hole',
    real: 'From the toy to a real model',
  },
  about: {
    given: 'Who wrote which tokens of a conversation?',
    mask: 'What happens when text from tools is trained too?',
    groups: 'How does a reward become a push on each word?',
    clip: 'What keeps a step from going too far?',
    holes: 'You pay for the wrong thing. What do you get?',
    real: 'What stays the same when the model is a thousand times larger?',
  },
  minutes: (withCard: number, without: number) =>
    withCard === without ? `${withCard} min` : `${withCard} min (${without} without a graphics card)`,
  progress: (done: number, of: number) => (done === 0 ? count(of, 'step') : `${done} of ${of} steps done`),
  step: (step: number, of: number) => `step ${step} of ${of}`,
  back: 'Back',
  next: 'Next',
  skip: 'Next without doing it',
  finish: 'Finish the lesson',
  nextLesson: (name: string) => `Next lesson: ${name}`,
  leave: 'Leave the lesson',
  predict: 'Predict',
  predictFirst: 'Choose your prediction first.',
  busy: 'A run is going on. This is possible when it has ended, or press Stop.',
  waiting: 'The numbers come when this step is done.',
  done: 'This step is done.',
  explanation: 'What your numbers say',
  agreed: 'Your numbers bear your prediction out.',
  differed: (found: string) => `Your numbers say otherwise: ${found}`,
  settingsChanged: 'This lesson has changed your settings. Yours are kept.',
  giveBack: 'Give me my settings back',
  keep: 'Keep these',
  changesSettings: 'The button changes the settings on this page. Yours are kept and can be had back.',
  terms: [
    {
      term: 'GPU',
      text: 'The processor of the graphics card. It does many multiplications at once, which is what a model is made of. Without one the main processor does the same, many times slower.',
    },
    {
      term: 'Token',
      text: 'A piece of text that the model reads and writes: a word, a part of one, or a sign. It writes one after the other.',
    },
    {
      term: 'Reward',
      text: 'A number for a whole conversation: high for a right answer that was found properly, low for a wrong one. The model never sees it; training does.',
    },
    {
      term: 'Group',
      text: 'Several tries of the model at the same question. They are compared with each other.',
    },
    {
      term: 'Standard deviation (sd)',
      text: 'How far numbers lie from their mean, typically. Of 1, 1, 1 it is 0; of 0 and 2 it is 1.',
    },
    {
      term: 'Advantage',
      text: 'How much better a try was than the others of its group: its reward less their mean, divided by their standard deviation. Above 0 its tokens become more likely, below 0 less.',
    },
    { term: 'Mask', text: 'Which tokens count in training. Here: those that the model wrote itself.' },
    {
      term: 'Nat',
      text: 'A unit of information, like the bit, which is 0.69 nats. A token that had a probability of one half carries 0.69 nats.',
    },
    {
      term: 'Entropy',
      text: 'How undecided the model is about its next token, in nats. 0: it is sure. 0.69: as when a coin is thrown.',
    },
    {
      term: 'KL',
      text: 'How far the trained model has moved from where it started, in nats a token. 0: it writes as before.',
    },
    {
      term: 'Ratio and clipping',
      text: 'How much more likely a token is now than when it was written. Beyond 0.8 to 1.2 it has no further say: it is clipped.',
    },
    { term: 'Policy', text: 'The model, seen as what decides which token comes next.' },
    {
      term: 'Seed',
      text: 'A number that all chance follows from. The same seed gives the same run, another seed another one.',
    },
  ],
};
