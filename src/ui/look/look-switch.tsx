/** Theme and presentation, in the header. */
import type { JSX } from 'preact';
import { t } from '../texts';
import { chooseTheme, presenting, theme, THEMES, type Theme } from './look';

export function LookSwitch(): JSX.Element {
  return (
    <div class="look">
      <select
        class="theme"
        aria-label={t.look.theme}
        value={theme.value}
        onChange={({ currentTarget }) => chooseTheme(currentTarget.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {t.look.themes[one]}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="quiet"
        aria-pressed={presenting.value}
        title={t.look.presentNote}
        onClick={() => (presenting.value = !presenting.value)}
      >
        {presenting.value ? t.look.leave : t.look.present}
      </button>
    </div>
  );
}
