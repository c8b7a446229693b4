/**
 * The texts of errors, by code. The English ones define which codes there are and what params each has; another language
 * is an {@link ErrorTexts}, and the compiler tells what it lacks.
 */
import type { English } from './en';
import type { ErrorParams, Tell, Told } from './types';

export type { ErrorParams, Tell, Told } from './types';

/** A code that has a text. */
export type TextCode = keyof English;
/** What the text of a code speaks of. */
export type ParamsOf<Code extends TextCode> =
  Parameters<English[Code]> extends readonly [infer Params, ...unknown[]]
    ? Params
    : Readonly<Record<never, never>>;

/** All texts in one language, by code. A whole text may be of several sentences; numbers and lists come as such. */
export type ErrorTexts = {
  readonly [Code in TextCode]: (params: ParamsOf<Code>, tell: Tell) => string;
};

/**
 * The text of an error in the language of `texts`.
 * @param texts need not have every code
 * @returns the error's own English message where `texts` has none, or cannot make one of its params
 */
export function textOf(told: Told, texts: Partial<ErrorTexts>): string {
  const { code, params = {}, message } = told;
  if (code === undefined || !Object.hasOwn(texts, code)) return message;
  const text = texts[code as TextCode] as ((params: ErrorParams, tell: Tell) => string) | undefined;
  try {
    return text?.(params, (inner) => textOf(inner, texts)) ?? message;
  } catch {
    // An error from another version may have other params, and must be shown all the same.
    return message;
  }
}
