/** The languages of the page, each by its own name. */
import type { JSX } from 'preact';
import { useTelling } from './page';
import { t } from './texts';
import { language, LANGUAGES, LANGUAGE_TAGS, speak, type Language } from './texts/language';

export function LanguageSwitch(): JSX.Element {
  const tell = useTelling('language');
  return <LanguageSelect choose={(next) => tell(speak(next, true))} />;
}

/** @param choose also tells where the texts cannot be fetched */
export function LanguageSelect({ choose }: { readonly choose: (next: Language) => void }): JSX.Element {
  return (
    <select
      class="language"
      aria-label={t.app.language}
      value={language.value}
      onChange={({ currentTarget }) => choose(currentTarget.value as Language)}
    >
      {LANGUAGE_TAGS.map((tag) => (
        <option key={tag} value={tag} lang={tag}>
          {LANGUAGES[tag].name}
        </option>
      ))}
    </select>
  );
}
