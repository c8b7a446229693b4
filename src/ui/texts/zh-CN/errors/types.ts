import type { ErrorTexts, TextCode } from '../../../../errors/texts';

/** All texts of codes that begin with these words. */
export type TextsOf<Word extends string> = Pick<ErrorTexts, Extract<TextCode, Word | `${Word}/${string}`>>;

/** Texts of the same codes as an English part of the catalogue. */
export type Like<Part> = Pick<ErrorTexts, Extract<keyof Part, TextCode>>;
