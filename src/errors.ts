import { ERROR_CODES, type ErrorCode, type ErrorName, type HeirsOf } from './errors/codes';
import type { ParamsOf, TextCode } from './errors/texts';
import type { Shown } from './errors/texts/picture';
import type { ErrorParams, Foreign, Tell, TextTable, Told } from './errors/texts/types';

export type { ErrorCode, ErrorName } from './errors/codes';
export type { ErrorParams, Told } from './errors/texts/types';

/** What an error carries beside its text. */
export interface MailGymErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Default: the word of the class. */
  readonly code?: ErrorCode;
  /** Default: none. */
  readonly params?: ErrorParams;
}

/** A class of the family whose instances are made of a message. */
interface ErrorClass<E extends MailGymError> {
  new (message: string, options?: MailGymErrorOptions): E;
  readonly texts: TextTable;
}
/** The name of a class without those of classes made of it; none where the class says nothing closer than the family. */
type OwnName<Name extends ErrorName> = ErrorName extends Name ? never : Exclude<Name, HeirsOf<Name>>;
type WordOf<Name extends ErrorName> = (typeof ERROR_CODES)[OwnName<Name>];
/** Codes with a text that an error of this name may have. */
type CodesOf<Name extends ErrorName> = Extract<TextCode, WordOf<Name> | `${WordOf<Name>}/${string}`>;
interface Cause {
  readonly cause?: unknown;
}
/** Params may be left out where the text speaks of none. */
type Said<Code extends TextCode> =
  Readonly<Record<never, never>> extends ParamsOf<Code>
    ? [params?: Readonly<Record<never, never>>, options?: Cause]
    : [params: ParamsOf<Code>, options?: Cause];

export const tellEnglish: Tell = ({ message }) => message;

/**
 * The one family of errors that a user can act on. A class says where it happened, and the message what was asked, what
 * was found and what to do.
 *
 * Promised: `message` is always a whole English text that can be shown as it is. `code` begins with the word of the
 * class, which stays the same between versions, and `params` holds what the text speaks of, by name. So a page may look
 * up `code` among texts of another language and fill in `params`; where it has none, it shows `message`. Some errors
 * carry the bare word of their class and no params yet; both may become more precise in any version. Name, message,
 * code and params survive the way out of a worker.
 */
export class MailGymError extends Error {
  /** English texts of the class's codes. A class brings its own alone, so that a page need not load all. */
  static readonly texts: TextTable = {};

  override name: ErrorName = 'MailGymError';
  readonly #code: ErrorCode | undefined;
  readonly #params: ErrorParams;

  /** @param message what was asked, what was found and what to do */
  constructor(message: string, { cause, code, params = {} }: MailGymErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.#code = code;
    this.#params = params;
  }

  /**
   * An error of this class with the English text of its code. Its stack begins where it was made.
   * @param code begins with the word of the class
   * @param said what the text speaks of; and the error that led to this one, as `{ cause }`
   */
  static of<E extends MailGymError, Code extends CodesOf<E['name']>>(
    this: ErrorClass<E>,
    code: Code,
    ...said: Said<Code>
  ): E {
    const [params = {}, { cause } = {}] = said as [ErrorParams?, Cause?];
    const error = new this(englishText(this.texts, code, params), { cause, code, params });
    // Only V8 and newer browsers can leave this frame out.
    if ('captureStackTrace' in Error) Error.captureStackTrace(error, MailGymError.of);
    return error;
  }

  /** The error of this class that was told of, as another thread or an error's params have it. */
  static again<E extends MailGymError>(this: ErrorClass<E>, { message, code, params }: Told): E {
    return new this(message, {
      ...(code === undefined ? {} : { code }),
      ...(params === undefined ? {} : { params }),
    });
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

/** @param texts those of the code's class */
export function englishText(texts: TextTable, code: TextCode, params: ErrorParams): string {
  const text = texts[code] as ((params: ErrorParams, tell: Tell) => string) | undefined;
  if (text === undefined) throw new Error(`The class of the code ${code} brings no text for it.`);
  return text(params, tellEnglish);
}

/** The words of a failure that is not MailGym's own, for the params of an error that tells of it. */
export function foreign(failure: unknown): Foreign {
  return failure instanceof Error ? failure.message : String(failure);
}

/** A value as JSON for the params of an error, of `most` characters at most; null where there is none. */
export function shownOf(value: unknown, most = 120): Shown {
  return value === undefined ? null : JSON.stringify(value).slice(0, most);
}

/** What an error of this code speaks of; null where its code is another. */
export function paramsOf<Code extends TextCode>(error: MailGymError, code: Code): ParamsOf<Code> | null {
  // Only `of` gives an error a code that has a text.
  return error.code === code ? (error.params as unknown as ParamsOf<Code>) : null;
}

/** An error as plain data, to be spoken of in another's params. */
export function told(error: unknown): Told {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  return error instanceof MailGymError ? { message, code: error.code, params: error.params } : { message };
}
