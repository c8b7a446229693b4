/** Texts about choosing a model, and what a run with it will need. */
export const models = {
  title: 'Choose a model of the hub',
  note: 'Chosen ones are fetched from the hub when the run starts, and kept in this browser. Memory is that of their weights alone at the smallest; “What will this run need?” says what a run takes, and whether it fits this device.',
  heads: ['Model', 'Parameters', 'Download', 'Memory', 'Context', 'Licence'],
  millions: (n: string) => `${n} M`,
  atLeast: (size: string) => `from ${size}`,
  gated: (licence: string) => `${licence}, needs a token`,
  other: 'Another one, by owner/name or address',
  example: 'owner/name',
  use: 'Use it',
  plan: {
    ask: 'What will this run need?',
    asking: 'Looking at the model and its tasks…',
    memory: (of: {
      readonly peak: string;
      readonly weights: string;
      readonly form: string;
      readonly rest: string;
    }) =>
      `It fits this device: about ${of.peak} of GPU memory at most (weights ${of.weights} as ${of.form}; all else up to ${of.rest}).`,
    stored: 'Nothing is fetched: the model is in this browser’s storage, at least in part.',
    download: (size: string) => `About ${size} of weights are fetched once.`,
    downloadUnknown: 'Its weights are fetched once; how large they are is known when that begins.',
    noDownload: 'No model is fetched from elsewhere.',
    time: (rollouts: string, time: string) =>
      `${rollouts} rollouts in its steps: about ${time}, as the last such run here went.`,
    noTime: (rollouts: string) =>
      `${rollouts} rollouts in its steps; how long they take is known after the first step.`,
    context: (tokens: string) => `The model can hold ${tokens} tokens.`,
  },
};
