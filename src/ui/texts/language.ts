/** The language of the page: which there are, which is spoken, and how one is chosen. */
import { batch, signal, type ReadonlySignal } from '@preact/signals';
import { ENGLISH } from '../../report/format';
import type { Catalogue, WholeCatalogue } from './catalogue';
import { english } from './en';

/** By tag. Names are in the language itself; what `load` brings is fetched when it is first spoken. */
export const LANGUAGES = {
  en: { name: 'English', load: null },
  'zh-CN': { name: '中文', load: () => import('./zh-CN').then(({ chinese }) => chinese) },
} as const satisfies Readonly<
  Record<string, { readonly name: string; readonly load: (() => Promise<WholeCatalogue>) | null }>
>;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as readonly Language[];

const ENGLISH_CATALOGUE: Catalogue = { page: english, errors: {}, help: null, format: ENGLISH };

const spoken = signal<Language>('en');
const texts = signal(ENGLISH_CATALOGUE);
const named = signal<Language | null>(null);
let wanted: Language = 'en';

/** Followed by whatever reads it while it is drawn. */
export const language: ReadonlySignal<Language> = spoken;
export const catalogue: ReadonlySignal<Catalogue> = texts;
/** What the visitor chose, here or by the address; null: it was guessed. The address keeps it. */
export const chosenLanguage: ReadonlySignal<Language | null> = named;

/**
 * Changes the language of the page once its texts are there; of several calls the last one counts.
 * @throws when they cannot be fetched; the language is then as before
 */
export async function speak(next: Language, isChoice = false): Promise<void> {
  wanted = next;
  const { load } = LANGUAGES[next];
  const found = load === null ? ENGLISH_CATALOGUE : await load();
  if (wanted !== next) return;
  batch(() => {
    texts.value = found;
    spoken.value = next;
    if (isChoice) named.value = next;
  });
}

/** The best of the page's languages for tags in order of preference: the same tag, else the same language. */
export function closest(tags: readonly string[]): Language | null {
  const main = (tag: string): string => tag.toLowerCase().split('-')[0] ?? '';
  for (const tag of tags) {
    const found =
      LANGUAGE_TAGS.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
      LANGUAGE_TAGS.find((one) => main(one) === main(tag));
    if (found !== undefined) return found;
  }
  return null;
}

const KEPT = 'mailgym-language';

/** The choice of an earlier visit; null where there is none, or the browser keeps nothing. */
export function rememberedLanguage(): Language | null {
  try {
    return closest([localStorage.getItem(KEPT) ?? '']);
  } catch {
    // A frame may be refused all storage, by an error on the first touch.
    return null;
  }
}

export function rememberLanguage(next: Language): void {
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // Then the address alone keeps it.
  }
}
