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
  // Of the commands of a checkout, beside the library.
  CommandError: 'command',
  SetupError: 'setup',
  ServeError: 'serve',
  BrowserError: 'browser',
  PackageError: 'package',
  UsageError: 'usage',
} as const;

/** Name of an error's class: what `error.name` says. */
export type ErrorName = keyof typeof ERROR_CODES;
/** What happened, for programs: the word of the class, alone or followed by `/` and a word of its own. */
export type ErrorCode = (typeof ERROR_CODES)[ErrorName] | `${(typeof ERROR_CODES)[ErrorName]}/${string}`;

export function isErrorName(name: unknown): name is ErrorName {
  return typeof name === 'string' && Object.hasOwn(ERROR_CODES, name);
}
