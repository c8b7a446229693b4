/**
 * Which failures get a code. Whatever somebody outside of the program can cause does: by what they gave, by a call of the
 * library, by files, a server, a browser or a graphics card. Its error is made by `of`, from a code and params, and its text
 * stands among `texts/`. What none of these can cause is a defect: one module broke what it promised to another. It is a
 * plain `Error` with a short text for those who repair it, without code and translation. What one function throws for
 * another to catch is neither; where its reason reaches people, it travels as data in the params of the error that they see.
 */

/**
 * The codes of MailGym's errors, one word for each class, by the class's name. The word of a class never changes. An
 * error may carry a longer code, the word and what happened after a slash; new ones of these may appear at any time.
 */
export const ERROR_CODES = {
  MailGymError: 'mailgym',
  SettingsError: 'settings',
  EnvironmentError: 'environment',
  CorpusError: 'corpus',
  AgentError: 'agent',
  ConversationError: 'conversation',
  PolicyError: 'policy',
  SamplingStopped: 'sampling-stopped',
  TrainingError: 'training',
  TraceError: 'trace',
  StorageError: 'storage',
  GpuError: 'gpu',
  DeviceLostError: 'device-lost',
  DawnError: 'dawn',
  OpError: 'op',
  WorkerError: 'worker',
  PageError: 'page',
  // Of the commands of a checkout, beside the library.
  CommandError: 'command',
  SetupError: 'setup',
  ServeError: 'serve',
  BrowserError: 'browser',
  PackageError: 'package',
  UsageError: 'usage',
} as const;

type Codes = typeof ERROR_CODES;

/** Classes that others are made of, with those others: who catches the first, catches these too. */
interface Heirs {
  readonly EnvironmentError: 'CorpusError' | 'AgentError';
  readonly PolicyError: 'SamplingStopped';
  readonly GpuError: 'DeviceLostError';
}
export type HeirsOf<Name extends keyof Codes> = Name extends keyof Heirs ? Heirs[Name] : never;

/** Name of an error's class: what `error.name` says; of one class and those made of it, or of any. */
export type ErrorName<Own extends keyof Codes = keyof Codes> = Own | HeirsOf<Own>;
/** What happened, for programs: the word of the class, alone or followed by `/` and a word of its own. */
export type ErrorCode = Codes[ErrorName] | `${Codes[ErrorName]}/${string}`;

export function isErrorName(name: unknown): name is ErrorName {
  return typeof name === 'string' && Object.hasOwn(ERROR_CODES, name);
}
