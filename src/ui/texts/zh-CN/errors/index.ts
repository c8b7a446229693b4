import type { ErrorTexts } from '../../../../errors/texts';

/** Those that have been written so far; others are told in English. */
export const errors: Partial<ErrorTexts> = {};
