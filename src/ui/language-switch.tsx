/** The languages of the page, each by its own name. */
import type { JSX } from 'preact';
import { useTelling } from './page';
import { t } from './texts';
import { language, LANGUAGES, LANGUAGE_TAGS, speak, type Language } from './texts/language';

export function LanguageSwitch(): JSX.Element {
  const tell = useTelling('language');
  return (
    <select
      class="language"
      aria-label={t.app.language}
      value={language.value}
      onChange={({ currentTarget }) => tell(speak(currentTarget.value as Language, true))}
    >
      {LANGUAGE_TAGS.map((tag) => (
        <option key={tag} value={tag} lang={tag}>
          {LANGUAGES[tag].name}
        </option>
      ))}
    </select>
  );
}
