/** A chart as a file: a picture of lines and words that needs nothing of the page, and its numbers. Pure but for `pngOf`. */
import type { Points } from '../../report/series';
import { csv } from '../runs/export';
import type { Band, SeriesSpec } from './plot';

export interface ChartPicture {
  readonly title: string;
  readonly caption: string;
  readonly xName: string;
  readonly yName: string;
  /** Ascending. */
  readonly x: readonly number[];
  readonly series: readonly SeriesSpec[];
  readonly ys: readonly Points[];
  readonly bands?: readonly Band[] | undefined;
  readonly range?: readonly [number, number] | undefined;
  readonly xRange?: readonly [number, number] | undefined;
  readonly yText: (value: number) => string;
  /** From a CSS variable to its colour. */
  readonly colour: (name: string) => string;
}

const SIZE = { width: 960, height: 540 } as const;
const PLOT = { left: 84, right: 930, top: 76, bottom: 440 } as const;

export function svgOf(chart: ChartPicture): string {
  const { x, ys, bands = [], series, colour } = chart;
  const values = [...ys, ...bands.flatMap(({ low, high }) => [low, high])].flat().filter((v) => v !== null);
  const [x0, x1] = bounds([...x, ...(chart.xRange ?? [])]);
  const [y0, y1] = bounds([...values, ...(chart.range ?? [])]);
  const px = (value: number): number =>
    round(PLOT.left + ((value - x0) / (x1 - x0)) * (PLOT.right - PLOT.left));
  const py = (value: number): number =>
    round(PLOT.bottom - ((value - y0) / (y1 - y0)) * (PLOT.bottom - PLOT.top));
  const points = (y: Points): string[] =>
    y.flatMap((value, i) => (value === null ? [] : [`${px(x[i] ?? 0)},${py(value)}`]));
  const text = (at: readonly [number, number], words: string, more = ''): string =>
    `<text x="${at[0]}" y="${at[1]}" ${more}>${escaped(words)}</text>`;
  const ink = colour('--ink');
  const grid = marks(y0, y1, 6).map(
    (value) =>
      `<path d="M${PLOT.left} ${py(value)}H${PLOT.right}" stroke="${colour('--line')}"/>` +
      text([PLOT.left - 8, py(value) + 5], chart.yText(value), 'text-anchor="end"'),
  );
  const below = marks(x0, x1, 8).map((value) =>
    text([px(value), PLOT.bottom + 22], String(value), 'text-anchor="middle"'),
  );
  const around = bands.map(({ low, high, colour: own }) => {
    const there = low.flatMap((value, i) => (value === null ? [] : [i]));
    const edge = (y: Points, at: readonly number[]) => at.map((i) => `${px(x[i] ?? 0)},${py(y[i] ?? 0)}`);
    const outline = [...edge(high, there), ...edge(low, there.toReversed())].join(' ');
    return `<polygon points="${outline}" fill="${colour(own)}" fill-opacity="0.2"/>`;
  });
  const lines = series.map(({ look, colour: own }, i) => {
    const at = points(ys[i] ?? []);
    const dash =
      look === 'dashed' ? ' stroke-dasharray="6 5"' : look === 'points' ? ' stroke-dasharray="2 4"' : '';
    const faint = look === 'faint' ? ' stroke-opacity="0.35"' : '';
    const dots =
      look === 'points' || at.length === 1
        ? at.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="4" fill="${colour(own)}"/>`)
        : [];
    return (
      `<polyline points="${at.join(' ')}" fill="none" stroke="${colour(own)}" stroke-width="2.5"${dash}${faint}/>` +
      dots.join('')
    );
  });
  const legend = series.map(({ label, colour: own }, i) => {
    const at = [PLOT.left + 280 * (i % 3), 490 + 22 * Math.floor(i / 3)] as const;
    return `<rect x="${at[0]}" y="${at[1] - 6}" width="18" height="4" fill="${colour(own)}"/>${text([at[0] + 26, at[1]], label)}`;
  });
  const height = Math.max(SIZE.height, 510 + 22 * Math.ceil(series.length / 3));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${height}" viewBox="0 0 ${SIZE.width} ${height}" ` +
    `role="img" font-family="system-ui, sans-serif" font-size="14" fill="${ink}"><title>${escaped(chart.title)}</title>` +
    `<desc>${escaped(chart.caption)}</desc><rect width="100%" height="100%" fill="${colour('--surface')}"/>` +
    text([PLOT.left, 34], chart.title, 'font-size="20" font-weight="600"') +
    text([PLOT.left, 62], chart.yName) +
    text([PLOT.right, PLOT.bottom + 42], chart.xName, 'text-anchor="end"') +
    [...grid, ...below, ...around, ...lines, ...legend].join('') +
    '</svg>\n'
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
export const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

/** The lowest and the highest, apart where they are one. */
function bounds(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Round numbers between two others, at most so many: steps of 1, 2 or 5 times a power of ten. */
export function marks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * ten >= rough) ?? 10) * ten;
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++)
    found.push(Number((n * step).toPrecision(12)));
  return found;
}

/** Columns: the horizontal axis, each curve, and the edges of its band. */
export function chartTable({ x, xName, series, ys, bands = [] }: ChartPicture): (string | number | null)[][] {
  const around = bands.map((band) => ({
    ...band,
    label: series.find(({ colour }) => colour === band.colour)?.label ?? '',
  }));
  const head = [
    xName,
    ...series.map(({ label }) => label),
    ...around.flatMap(({ label }) => [`${label} low`, `${label} high`]),
  ];
  const columns = [...ys, ...around.flatMap(({ low, high }) => [low, high])];
  return [head, ...x.map((at, i) => [at, ...columns.map((column) => column[i] ?? null)])];
}

export const chartCsv = (chart: ChartPicture): string => csv(chartTable(chart));

/** The picture in pixels, twice as fine as its size, for slides. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(2 * image.naturalWidth, 2 * image.naturalHeight);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
