/** How the page looks, whatever it shows: theme, presentation, and how charts are drawn. */
import { computed, effect, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
type ShownTheme = Exclude<Theme, 'system'>;

/** Also read by public/startup-failure.js, so that the first picture has the theme already. */
const KEPT = 'mailgym-theme';

/** Steps over which charts average; 1: as it is. */
export const SMOOTHINGS = [1, 5, 10, 25] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

export interface ChartLook {
  readonly smoothing: Smoothing;
  /** Vertical axis, where all values are positive. */
  readonly log: boolean;
}

/** A part of the horizontal axis that every chart with this axis shows. */
export interface Zoom {
  readonly xName: string;
  readonly range: readonly [number, number];
}

export const theme = signal<Theme>(rememberedTheme());
/** Large type, three charts, nothing else. */
export const presenting = signal(false);
export const chartLook = signal<ChartLook>({ smoothing: 1, log: false });
export const zoom = signal<Zoom | null>(null);

const dark = query('(prefers-color-scheme: dark)');
const contrast = query('(prefers-contrast: more)');

export const shownTheme = computed<ShownTheme>(() => {
  if (theme.value !== 'system') return theme.value;
  return contrast.value ? 'contrast' : dark.value ? 'dark' : 'light';
});

/** Keeps the document as it is to look. */
export function followLook(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = shownTheme.value;
  });
  effect(() => {
    document.documentElement.classList.toggle('presenting', presenting.value);
    // Charts fit themselves to their box, but not their type.
    dispatchEvent(new Event('resize'));
  });
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === 'p') presenting.value = !presenting.value;
    else if (event.key === 'Escape') presenting.value = false;
  });
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // It holds for this visit.
  }
}

function rememberedTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEPT);
    return THEMES.find((one) => one === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Follows the system. False where there is no window, as in tests. */
function query(text: string) {
  if (typeof matchMedia === 'undefined') return signal(false);
  const list = matchMedia(text);
  const matches = signal(list.matches);
  list.addEventListener('change', () => (matches.value = list.matches));
  return matches;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
