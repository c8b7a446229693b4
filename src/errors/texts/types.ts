import type { ErrorCode } from '../codes';

/** What an error's text speaks of, by name: plain data that a message port can carry. */
export type ErrorParams = Readonly<Record<string, unknown>>;

/**
 * What another program said, in its own words and language: a library, a browser, a driver, a server, a user's own code. It
 * is shown as it is and never translated.
 */
export type Foreign = string;

/** What is said of an error, as plain data; every error of the family is one. */
export interface Told {
  /** A whole English text. */
  readonly message: string;
  readonly code?: ErrorCode;
  readonly params?: ErrorParams;
}

/** Makes the text of something that was told inside another error, in the language of that error's text. */
export type Tell = (told: Told) => string;

/** Texts by code, whatever their params: what a class looks its own up in. */
export type TextTable = Readonly<Record<string, (params: never, tell: Tell) => string>>;
