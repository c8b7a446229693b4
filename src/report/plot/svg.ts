/** Writing SVG: elements, theme, and axes. No dependency; text is escaped here and nowhere else. */

/** Colours are classes, so that one file suits a light and a dark page. The same hues as the page's curves. */
export const COLOURS = ['masked', 'rollout', 'simple', 'fourth', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

const LIGHT: Readonly<Record<Colour, string>> = {
  masked: '#0f766e',
  rollout: '#c2570c',
  simple: '#6d56c9',
  fourth: '#b4325f',
  grey: '#6b7280',
};
const DARK: Readonly<Record<Colour, string>> = {
  masked: '#4cc2b2',
  rollout: '#f0964f',
  simple: '#a895f0',
  fourth: '#f07ba3',
  grey: '#98a1aa',
};

type Attributes = Readonly<Record<string, string | number>>;

/** One element. Numbers are written with two decimals at most. @param inside markup that is already escaped */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escape(value)}"`)
    .join('');
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

export function text(content: string, attributes: Attributes): string {
  return element('text', attributes, escape(content));
}

export function escape(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A whole file. @param title read aloud in place of the picture, with `description` */
export function document(
  width: number,
  height: number,
  title: string,
  description: string,
  body: readonly string[],
): string {
  const parts = [
    element('title', { id: 'title' }, escape(title)),
    element('desc', { id: 'desc' }, escape(description)),
    `<style>${style()}</style>`,
    element('rect', { class: 'surface', width, height, rx: 8 }),
    ...body,
  ];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    `\n${parts.join('\n')}\n`,
  )}\n`;
}

function style(): string {
  return (
    `${theme(LIGHT, '#ffffff', '#1d2126', '#5b636b', '#dfe3e6')}` +
    `@media (prefers-color-scheme: dark){${theme(DARK, '#1c2025', '#eceef0', '#aab2b9', '#363d44')}}` +
    'text{font:12px system-ui,sans-serif}.title{font-size:14px;font-weight:600}' +
    '.line{fill:none;stroke-width:2;stroke-linejoin:round}.band{opacity:.18}.grid{stroke-width:1}'
  );
}

function theme(
  colours: Readonly<Record<Colour, string>>,
  surface: string,
  ink: string,
  soft: string,
  line: string,
): string {
  const fixed = `.surface{fill:${surface}}.ink{fill:${ink}}.soft{fill:${soft}}.s-ink{stroke:${ink}}.grid{stroke:${line}}`;
  return COLOURS.reduce(
    (css, name) => `${css}.s-${name}{stroke:${colours[name]}}.f-${name}{fill:${colours[name]}}`,
    fixed,
  );
}

/** About `count` round numbers that span the range: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((m) => m * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: Colour;
}

/** Entries in rows that fit the width, from (left, top) on. Answers markup and the height taken. */
export function legend(
  entries: readonly LegendEntry[],
  left: number,
  top: number,
  width: number,
): { readonly parts: string[]; readonly height: number } {
  const row = 18;
  const parts: string[] = [];
  let x = left;
  let y = top;
  for (const { label, colour } of entries) {
    const needed = 26 + 6.6 * label.length;
    if (x > left && x + needed > left + width) {
      x = left;
      y += row;
    }
    parts.push(element('rect', { class: `f-${colour}`, x, y: y - 5, width: 14, height: 4, rx: 2 }));
    parts.push(text(label, { class: 'ink', x: x + 19, y: y + 1 }));
    x += needed + 10;
  }
  return { parts, height: y - top + row };
}
