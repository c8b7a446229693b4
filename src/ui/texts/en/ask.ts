/** Texts of the Ask view. */
import { count } from '../../../report/format';

export const ask = {
  title: 'Ask a question',
  lead: {
    plain: 'The model does the task exactly as in the evaluations: same prompt, same limits, same judge.',
    mail: 'The model searches the mailbox, reads and answers, exactly as in the evaluations: same prompt, same limits, same judge.',
    firstCall:
      'The model makes its first call about the question, exactly as in the evaluations. Nothing is run and no answer judged.',
  },
  empty:
    'Nothing has been asked yet. Ask the same question of the bare model and of a trained adapter to see what it has learned.',
  notRead: 'The questions have not been read.',
  readingQuestions: 'Reading the questions…',
  questions: (n: number) => count(n, 'question'),
  menu: (title: string, parts: readonly string[]) => `${title}: ${parts.join(', ')}.`,
  tryAgain: 'Try again',
  question: 'Question',
  another: 'Another test question',
  placeholder: 'Pick a question',
  placeholderOwn: 'Pick a question, or write one',
  split: {
    test: 'A test question: no run trains on it or is tuned by it.',
    validation: 'A validation question: never trained on, but it chooses the best model.',
    train: 'A training question: a run may have trained on it.',
  },
  answerOnFile: 'The answer on file is shown after the model’s.',
  ownWords: 'In your own words: there is no answer on file, so nothing is marked right or wrong.',
  noneOnFile: 'None of the questions on file.',
  answeredBy: 'Answered by',
  bareModel: (model: string) => (model === '' ? 'Bare model' : `Bare model (${model})`),
  ofRun: (folder: string, adapter: string) => `${folder}: ${adapter}`,
  adapter: {
    best: 'best model',
    final: 'final',
    warmStart: 'after the warm start, before grpo',
    checkpoint: (step: number) => `checkpoint after step ${step}`,
  },
  upload: 'Upload an adapter…',
  uploaded: (name: string) => `Uploaded: ${name}`,
  beside: 'and the bare model beside it',
  chooseAdapter: 'Choose the adapter’s files or zip',
  adapterNote: 'adapter_model.safetensors and adapter_config.json, as PEFT and this page write them.',
  temperature: 'Temperature',
  temperatureNote: '0: always the likeliest token',
  temperatureRange: 'The temperature goes from 0 to 10.',
  ask: 'Ask',
  betweenSteps: 'A run is going on: the answer comes between two of its steps.',
  needsWebgpu: 'Answers need WebGPU; see the note on this page.',
  evaluationGoesOn: 'The test questions are being asked; wait for their end.',
  wrongSetting: 'A setting needs attention first.',
  notThereYet: 'The questions are not there yet.',
  pick: 'Pick a question.',
  pickOrWrite: 'Pick a question, or write one.',
  pickOne: 'Pick one of the questions: this task takes no others.',
  chooseFiles: 'Choose the adapter’s files.',
  otherRun: (setting: string, value: string) =>
    `A run is going on with ${setting} “${value}”; only that can be asked until its end.`,
  asked: (question: string) => `Asked: ${question}`,
  atTemperature: (temperature: number) => `at temperature ${temperature}`,
  answerOf: (name: string) => `Answer of ${name}`,
  writes: 'The model writes',
  waits: 'Waits for its turn.',
  waitsForStep: 'A run is training; the answer comes when its present step is done.',
  starting: 'Starting…',
  loading: (what: string, percent: number | null) =>
    `Loading ${what}${percent === null ? '' : ` ${percent} %`}…`,
  stopped: 'Stopped before it had answered.',
  failed: 'Failed; the reason is at the top of the page.',
  turn: (n: number) => `Turn ${n}`,
  noCall: 'no tool call that could be read',
  call: {
    nameless: 'calls a tool without a name',
    plain: (name: string, values: readonly string[]) =>
      values.length === 0 ? `calls ${name}` : `calls ${name}(${values.join(', ')})`,
  },
  noAnswer: (how: string) => `No answer: it ${how}.`,
  emptyAnswer: '(an empty answer)',
  rightOnFile: 'Right; the answer on file is',
  rightIs: 'The right answer is',
  cost: (of: {
    readonly turns: number;
    readonly tokens: number;
    readonly seconds: string;
    readonly speed: string | null;
    readonly reward: string | null;
  }) =>
    `${count(of.turns, 'turn')}, ${count(of.tokens, 'token')} written in ${of.seconds} s` +
    (of.speed === null ? '' : `, ${of.speed} per second`) +
    (of.reward === null ? '.' : `; in training this would earn a reward of ${of.reward}.`),
  everyToken: 'Every token, and how sure the model was',
  tokensLabel: 'Tokens of the conversation',
};
