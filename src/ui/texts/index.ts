/**
 * The page's texts in its language. Where they are read while something is drawn or computed, that is drawn or computed
 * again when the language changes.
 */
import { textOf, type Told } from '../../errors/texts';
import type { PageTexts } from './catalogue';
import { english } from './en';
import { catalogue } from './language';

export type { PageTexts } from './catalogue';

/** By section. */
export const t: PageTexts = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.keys(english).map((section) => [
      section,
      { enumerable: true, get: () => catalogue.value.page[section as keyof PageTexts] },
    ]),
  ),
) as PageTexts;

/** What an error says, in the page's language; in English where its code has no text there. */
export function errorText(told: Told): string {
  return textOf(told, catalogue.value.errors);
}
