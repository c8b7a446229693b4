/**
 * The page's texts. The English ones define which there are and what each speaks of; another language is a
 * {@link PageTexts}, and the compiler tells what it lacks.
 */
import { english } from './en';

export type PageTexts = typeof english;

/** Texts in the page's language, by section. */
export const t: PageTexts = english;
