/** Texts of the lesson about who wrote what. */
export const lessonGiven = {
  steps: {
    predict: {
      title: 'A conversation has several writers',
      text: 'The model answers questions about a mailbox. It writes a search, gets results, opens a mail, writes an answer. To the model all of it is one long row of tokens. Some it sampled, that is, drew itself, token by token. The rest was given to it: the prompt, and what the tools returned.',
      ask: 'How many of 100 tokens does the model write itself?',
      options: ['Fewer than 35', '35 to 65', 'More than 65'],
      press: 'Run two small steps',
    },
    look: {
      title: 'Look at one conversation',
      text: 'Open one of the conversations in the marked list. What is given is plain, what the model wrote is coloured. Go through it with the arrow keys.',
      press: 'Show the conversations',
    },
    explain: {
      title: 'Who can be blamed for a token?',
      text: 'A token that was sampled had alternatives: with other luck the model would have written something else. A token that was given had none. Reinforcement learning makes choices more or less likely, so it needs a choice.',
      ask: 'A mail that was read says “48,200”. Should training make the model more likely to write this number in the mail?',
      options: [
        'Yes, the answer was right',
        'No, the model did not choose it',
        'Only if the number is right',
      ],
    },
  },
  counted: (of: {
    readonly model: string;
    readonly prompt: string;
    readonly tool: string;
    readonly all: string;
    readonly share: string;
  }) =>
    `Of ${of.all} tokens your model wrote ${of.model} (${of.share}). ${of.prompt} were the prompts, ${of.tool} came from tools.`,
  one: (of: { readonly model: string; readonly all: string; readonly tool: string }) =>
    `In the conversation you opened, ${of.model} of ${of.all} tokens are the model’s own, and ${of.tool} were returned by tools.`,
  why: 'The number stands in a mail. The model only read it. What it chose were the search that found the mail, and to repeat the number in its answer: these are trained.',
};
