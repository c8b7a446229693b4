/**
 * The page's texts. The English ones define which there are and what each speaks of; another language is a
 * {@link PageTexts}, and the compiler tells what it lacks.
 */
import { signal } from '@preact/signals';
import { english } from './en';

export type PageTexts = typeof english;

const texts = signal<PageTexts>(english);

/** Texts in the page's language, by section. A component that reads one follows the language. */
export const t: PageTexts = Object.defineProperties(
  {},
  Object.fromEntries(
    (Object.keys(english) as (keyof PageTexts)[]).map((section) => [
      section,
      { enumerable: true, get: () => texts.value[section] },
    ]),
  ),
) as PageTexts;

export function setTexts(other: PageTexts): void {
  texts.value = other;
}
