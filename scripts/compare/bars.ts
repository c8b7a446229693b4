/** Horizontal bars of shares in groups, and upright bars of one value per token. */
import { document, element, legend, text, ticks, type Colour } from '../../src/report/plot/svg';

export interface BarSeries {
  readonly label: string;
  readonly colour: Colour;
}

export interface BarGroup {
  readonly label: string;
  /** One per series, in [0, 1]; null leaves a gap. Low and high are drawn as a whisker. */
  readonly bars: readonly ({ readonly value: number; readonly low: number; readonly high: number } | null)[];
}

const WIDTH = 640;
const LABELS = 190;
const RIGHT = 60;

/** Null when there is no group. */
export function barPlot(
  title: string,
  series: readonly BarSeries[],
  groups: readonly BarGroup[],
): string | null {
  if (groups.length === 0) return null;
  const key = legend(series, LABELS, 44, WIDTH - LABELS - RIGHT);
  const top = 44 + key.height;
  const bar = 13;
  const step = series.length * (bar + 2) + 14;
  const bottom = top + groups.length * step;
  const x = (share: number) => LABELS + share * (WIDTH - LABELS - RIGHT);
  const body = [
    text(title, { class: 'ink title', x: 16, y: 24 }),
    ...key.parts,
    ...ticks(0, 1, 5).flatMap((value) => [
      element('line', { class: 'grid', x1: x(value), x2: x(value), y1: top, y2: bottom }),
      text(`${Math.round(100 * value)} %`, {
        class: 'soft',
        x: x(value),
        y: bottom + 18,
        'text-anchor': 'middle',
      }),
    ]),
    ...groups.flatMap(({ label, bars }, g) => [
      text(label, {
        class: 'ink',
        x: LABELS - 10,
        y: top + g * step + 7 + (series.length * (bar + 2)) / 2 + 4,
        'text-anchor': 'end',
      }),
      ...bars.flatMap((one, s) => {
        if (one === null) return [];
        const y = top + g * step + 7 + s * (bar + 2);
        const middle = y + bar / 2;
        return [
          element('rect', {
            class: `f-${series[s]?.colour ?? 'grey'}`,
            x: LABELS,
            y,
            width: x(one.value) - LABELS,
            height: bar,
            rx: 2,
          }),
          element('line', {
            class: 's-ink',
            'stroke-width': 1.5,
            x1: x(one.low),
            x2: x(one.high),
            y1: middle,
            y2: middle,
          }),
          text(`${Math.round(100 * one.value)} %`, {
            class: 'soft',
            x: x(Math.max(one.high, one.value)) + 6,
            y: middle + 4,
          }),
        ];
      }),
    ]),
  ];
  const words = groups.map(
    ({ label, bars }) =>
      `${label}: ${bars.map((one, s) => `${series[s]?.label} ${one === null ? 'not measured' : `${Math.round(100 * one.value)} %`}`).join(', ')}`,
  );
  return document(WIDTH, bottom + 32, title, `${words.join('; ')}.`, body);
}

export interface TokenBar {
  readonly colour: Colour;
  /** At most 0. */
  readonly value: number;
}

/** Bars hang down from zero, one per token. */
export function tokenPlot(
  title: string,
  yLabel: string,
  series: readonly BarSeries[],
  tokens: readonly TokenBar[],
): string | null {
  if (tokens.length === 0) return null;
  const height = 260;
  const left = 64;
  const key = legend(series, left, 44, WIDTH - left - 16);
  const top = 50 + key.height;
  const floor = height - 40;
  const least = Math.min(-1, ...tokens.map(({ value }) => value));
  const y = (value: number) => top + (value / least) * (floor - top);
  const width = (WIDTH - left - 16) / tokens.length;
  const body = [
    text(title, { class: 'ink title', x: left, y: 24 }),
    ...key.parts,
    ...ticks(least, 0, 4).flatMap((value) => [
      element('line', { class: 'grid', x1: left, x2: WIDTH - 16, y1: y(value), y2: y(value) }),
      text(String(value), { class: 'soft', x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }),
    ]),
    ...tokens.map(({ colour, value }, i) =>
      element('rect', {
        class: `f-${colour}`,
        x: left + i * width,
        y: top,
        width: Math.max(0.5, width - 0.5),
        height: Math.max(0.75, y(value) - top),
      }),
    ),
    text(`tokens of the rollout after its prompt, 1 to ${tokens.length}`, {
      class: 'soft',
      x: (left + WIDTH - 16) / 2,
      y: height - 12,
      'text-anchor': 'middle',
    }),
    text(yLabel, {
      class: 'soft',
      transform: `translate(16 ${Math.round((top + floor) / 2)}) rotate(-90)`,
      'text-anchor': 'middle',
    }),
  ];
  return document(WIDTH, height, title, `${yLabel} of ${tokens.length} tokens.`, body);
}
