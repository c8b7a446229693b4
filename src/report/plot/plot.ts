/** A line chart: one mean line per series, with the band from the smallest to the largest value. */
import { tick } from '../format';
import { document, element, legend, text, ticks, type Colour } from './svg';

/** Mean curve with the smallest and largest value; x ascends. */
export interface Band {
  readonly x: readonly number[];
  readonly mean: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
}

export interface PlotSeries {
  readonly label: string;
  readonly colour: Colour;
  readonly band: Band;
  /** Mark the points, for values that are measured only now and then. */
  readonly points?: true;
}

export interface PlotSpec {
  readonly title: string;
  /** Name of the axis with its unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly PlotSeries[];
  /** Always shown; values beyond widen it. */
  readonly range?: readonly [number, number];
  /** Values are shares and are labelled in percent. */
  readonly percent?: true;
}

const WIDTH = 640;
const HEIGHT = 360;
const BOX = { left: 64, right: 16, bottom: 46 };

/** Null when no series has a point. */
export function linePlot(spec: PlotSpec): string | null {
  const series = spec.series.filter(({ band }) => band.x.length > 0);
  if (series.length === 0) return null;
  const key = legend(series, BOX.left, 44, WIDTH - BOX.left - BOX.right);
  const top = 44 + key.height;
  const all = (pick: (band: Band) => readonly number[]) => series.flatMap(({ band }) => pick(band));
  const xs = all(({ x }) => x);
  // Between two steps there is nothing.
  const whole = xs.every(Number.isInteger);
  const [x0, x1] = widened(Math.min(0, ...xs), Math.max(...xs));
  const low = Math.min(...all(({ min }) => min), spec.range?.[0] ?? Infinity);
  const high = Math.max(...all(({ max }) => max), spec.range?.[1] ?? -Infinity);
  const [y0, y1] = widened(low, high);
  const place = {
    x: (value: number) => BOX.left + ((value - x0) / (x1 - x0)) * (WIDTH - BOX.left - BOX.right),
    y: (value: number) => HEIGHT - BOX.bottom - ((value - y0) / (y1 - y0)) * (HEIGHT - BOX.bottom - top),
  };
  const name = (value: number) => (spec.percent ? `${tick(value * 100)} %` : tick(value));
  const floor = HEIGHT - BOX.bottom;
  const body = [
    text(spec.title, { class: 'ink title', x: BOX.left, y: 24 }),
    ...key.parts,
    ...ticks(y0, y1, 5).flatMap((value) => [
      element('line', {
        class: 'grid',
        x1: BOX.left,
        x2: WIDTH - BOX.right,
        y1: place.y(value),
        y2: place.y(value),
      }),
      text(name(value), { class: 'soft', x: BOX.left - 8, y: place.y(value) + 4, 'text-anchor': 'end' }),
    ]),
    ...ticks(x0, x1, 6)
      .filter((value) => !whole || Number.isInteger(value))
      .map((value) =>
        text(thousands(value), { class: 'soft', x: place.x(value), y: floor + 17, 'text-anchor': 'middle' }),
      ),
    text(spec.xLabel, {
      class: 'soft',
      x: (BOX.left + WIDTH - BOX.right) / 2,
      y: HEIGHT - 9,
      'text-anchor': 'middle',
    }),
    text(spec.yLabel, {
      class: 'soft',
      transform: `translate(16 ${Math.round((top + floor) / 2)}) rotate(-90)`,
      'text-anchor': 'middle',
    }),
    ...series.flatMap((one) => drawn(one, place)),
  ];
  return document(WIDTH, HEIGHT, spec.title, described(spec, series), body);
}

interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function drawn({ colour, band, points }: PlotSeries, place: Place): string[] {
  const at = (values: readonly number[], i: number) =>
    `${place.x(band.x[i] as number).toFixed(1)} ${place.y(values[i] as number).toFixed(1)}`;
  const along = band.x.map((_, i) => i);
  const edge = [...along.map((i) => at(band.max, i)), ...along.toReversed().map((i) => at(band.min, i))];
  const spreads = band.x.some((_, i) => band.max[i] !== band.min[i]);
  return [
    ...(spreads ? [element('path', { class: `band f-${colour}`, d: `M${edge.join('L')}Z` })] : []),
    element('path', { class: `line s-${colour}`, d: `M${along.map((i) => at(band.mean, i)).join('L')}` }),
    ...(points || band.x.length === 1
      ? along.map((i) =>
          element('circle', {
            class: `f-${colour}`,
            cx: place.x(band.x[i] as number),
            cy: place.y(band.mean[i] as number),
            r: 3,
          }),
        )
      : []),
  ];
}

/** A range with some extent, so that one value or equal values still have a place. */
function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high];
  const pad = Math.abs(high) * 0.1 || 1;
  return [low - pad, high + pad];
}

function thousands(value: number): string {
  if (Math.abs(value) >= 1e6) return `${tick(value / 1e6)} M`;
  return Math.abs(value) >= 1e4 ? `${tick(value / 1e3)} k` : tick(value);
}

function described(spec: PlotSpec, series: readonly PlotSeries[]): string {
  const name = (value: number) => (spec.percent ? `${(100 * value).toFixed(1)} %` : tick(value));
  const parts = series.map(
    ({ label, band }) =>
      `${label}: from ${name(band.mean[0] as number)} to ${name(band.mean.at(-1) as number)}`,
  );
  return `${spec.yLabel} over ${spec.xLabel}. ${parts.join('; ')}.`;
}
