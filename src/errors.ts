import { ERROR_CODES, type ErrorCode, type ErrorName } from './errors/codes';

export type { ErrorCode, ErrorName } from './errors/codes';

/** What an error's text speaks of, by name: plain data that a message port can carry. */
export type ErrorParams = Readonly<Record<string, unknown>>;

/** What an error carries beside its text. */
export interface MailGymErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Default: the word of the class. */
  readonly code?: ErrorCode;
  /** Default: none. */
  readonly params?: ErrorParams;
}

/**
 * The one family of errors that a user can act on. A class says where it happened, and the message what was asked, what
 * was found and what to do.
 *
 * Promised: `message` is always a whole English text that can be shown as it is. `code` begins with the word of the
 * class, which stays the same between versions, and `params` holds what the text speaks of, by name. So a page may look
 * up `code` among texts of another language and fill in `params`; where it has none, it shows `message`. Most errors
 * carry the bare word of their class and no params yet; both may become more precise in any version. Name, message,
 * code and params survive the way out of a worker.
 */
export class MailGymError extends Error {
  override name: ErrorName = 'MailGymError';
  readonly #code: ErrorCode | undefined;
  readonly #params: ErrorParams;

  /** @param message what was asked, what was found and what to do */
  constructor(message: string, { cause, code, params = {} }: MailGymErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.#code = code;
    this.#params = params;
  }

  /** What happened, for programs. */
  get code(): ErrorCode {
    return this.#code ?? ERROR_CODES[this.name];
  }

  /** What the text speaks of, by name. */
  get params(): ErrorParams {
    return this.#params;
  }
}

/** A model, its files, its weights or its adapter cannot be used as they are. */
export class PolicyError extends MailGymError {
  override name: ErrorName = 'PolicyError';
}

/** A run's files cannot be read or written where they are kept. */
export class StorageError extends MailGymError {
  override name: ErrorName = 'StorageError';
}

/** A run cannot start or go on as asked. */
export class TrainingError extends MailGymError {
  override name: ErrorName = 'TrainingError';
}
