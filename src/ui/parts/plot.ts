/** The drawing area of a chart: uPlot in the colours of the page's theme, as large as its box. */
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { tick } from '../format';
import { latest, type Points } from '../../report/series';

export interface SeriesSpec {
  readonly label: string;
  /** A CSS custom property, so that curves follow the light or dark theme. */
  readonly colour: string;
  /** faint: raw values behind a smoothed line; points: few values that are measured apart. */
  readonly look: 'line' | 'dashed' | 'faint' | 'points';
}

/** Between two curves, behind the lines. */
export interface Band {
  readonly colour: string;
  /** As long as `x`; null where there is none. */
  readonly low: Points;
  readonly high: Points;
}

export interface PlotData {
  readonly series: readonly SeriesSpec[];
  /** Ascending. */
  readonly x: readonly number[];
  /** One array per series, as long as `x`. */
  readonly ys: readonly Points[];
  readonly bands?: readonly Band[] | undefined;
  /** Range that is always shown, e.g. [0, 1] for a share; values beyond it widen it. */
  readonly range?: readonly [number, number] | undefined;
  /** Part of the horizontal axis that is always shown. */
  readonly xRange?: readonly [number, number] | undefined;
  readonly xName: string;
  /** Name or unit of the vertical axis; '' for none. */
  readonly yName: string;
  /** Labels of the vertical axis. */
  readonly axisFormat: (value: number) => string;
}

/** Charts with the same key show the same position under the pointer. */
const SYNC = 'mailgym';

/** Distances of marks on the horizontal axis: steps, seconds or tokens, all whole. */
const WHOLE_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/** 1500 and 20k, so that labels stay as narrow as the marks are close. */
function short(value: number): string {
  return Math.abs(value) >= 10_000 ? `${tick(value / 1000)}k` : tick(value);
}

export class Plot {
  readonly #box: HTMLElement;
  readonly #onPointer: (index: number | null) => void;
  readonly #observer: ResizeObserver;
  readonly #theme = matchMedia('(prefers-color-scheme: dark)');
  #data: PlotData | null = null;
  #plot: UPlot | null = null;

  /** @param onPointer told which of the positions is pointed at, in this chart or another */
  constructor(box: HTMLElement, onPointer: (index: number | null) => void) {
    this.#box = box;
    this.#onPointer = onPointer;
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(box);
    this.#theme.addEventListener('change', this.#rebuild);
  }

  draw(data: PlotData): void {
    const looks = ({ series, bands = [], range, xRange, xName, yName }: PlotData): string =>
      JSON.stringify([series, bands.map(({ colour }) => colour), range, xRange, xName, yName]);
    const same = this.#data !== null && looks(this.#data) === looks(data);
    this.#data = data;
    if (!same || this.#plot === null || !hasValues(data)) this.#rebuild();
    else this.#plot.setData(aligned(data));
  }

  /** Which of the positions is nearest to a place on the screen; null outside of the curves. */
  indexAt(clientX: number): number | null {
    const plot = this.#plot;
    if (plot === null) return null;
    const { left, width } = plot.over.getBoundingClientRect();
    const at = clientX - left;
    return at < 0 || at > width ? null : plot.posToIdx(at);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#theme.removeEventListener('change', this.#rebuild);
    this.#plot?.destroy();
    this.#plot = null;
    this.#data = null;
  }

  readonly #rebuild = (): void => {
    this.#plot?.destroy();
    this.#plot = null;
    const data = this.#data;
    if (data === null || !hasValues(data)) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      font: `11px ${colour('--font-sans')}`,
      stroke: colour('--ink-3'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      gap: 4,
    };
    const named = (label: string) =>
      label === '' ? {} : { label, labelFont: axis.font, labelSize: 16, labelGap: 2 };
    this.#plot = new UPlot(
      {
        width: Math.max(80, this.#box.clientWidth),
        height: Math.max(80, this.#box.clientHeight),
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: SYNC, setSeries: false },
          drag: { x: false, y: false },
          points: { size: 7 },
          y: false,
        },
        hooks: { setCursor: [({ cursor }) => this.#onPointer(cursor.idx ?? null)] },
        scales: {
          x: { time: false, range: (_, min, max) => widened(min, max, data.xRange) },
          y: { range: (_, min, max) => padded(min, max, data.range) },
        },
        axes: [
          {
            ...axis,
            ...named(data.xName),
            size: 22,
            space: 60,
            grid: { show: false },
            incrs: WHOLE_STEPS,
            values: (_, splits) => splits.map(short),
          },
          {
            ...axis,
            ...named(data.yName),
            size: 48,
            space: 28,
            values: (_, splits) => splits.map((v) => data.axisFormat(v)),
          },
        ],
        series: [
          {},
          ...data.series.map((series) => drawn(series, colour(series.colour))),
          ...(data.bands ?? []).flatMap(() => [EDGE, EDGE]),
        ],
        bands: (data.bands ?? []).map((band, i) => {
          const at = 1 + data.series.length + 2 * i;
          return {
            series: [at + 1, at],
            fill: `color-mix(in srgb, ${colour(band.colour)} 20%, transparent)`,
          };
        }),
      },
      aligned(data),
      this.#box,
    );
  };

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width === 0 || height === 0) return;
    if (this.#plot === null) this.#rebuild();
    else if (this.#plot.width !== width || this.#plot.height !== height)
      this.#plot.setSize({ width, height });
  }
}

function hasValues({ ys }: PlotData): boolean {
  return ys.some((y) => latest(y) !== null);
}

/** Of a band: not drawn itself. */
const EDGE: UPlot.Series = { width: 0, points: { show: false }, spanGaps: true };

function aligned({ x, ys, bands = [] }: PlotData): UPlot.AlignedData {
  const edges = bands.flatMap(({ low, high }) => [[...low], [...high]]);
  return [x as number[], ...ys.map((y) => [...y]), ...edges];
}

/** A little room around the values; none beyond a bound that is always shown. */
function padded(min: number, max: number, range: PlotData['range']): [number, number] {
  const low = Math.min(min, range?.[0] ?? Infinity);
  const high = Math.max(max, range?.[1] ?? -Infinity);
  const pad = (high - low) * 0.06 || Math.max(1e-3, Math.abs(high) * 0.1);
  return [range && low === range[0] ? low : low - pad, range && high === range[1] ? high : high + pad];
}

function widened(min: number, max: number, shown: PlotData['xRange']): [number, number] {
  const [low, high] = [Math.min(min, shown?.[0] ?? Infinity), Math.max(max, shown?.[1] ?? -Infinity)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

function drawn(series: SeriesSpec, stroke: string): UPlot.Series {
  const common: UPlot.Series = { label: series.label, stroke, spanGaps: true };
  switch (series.look) {
    case 'line':
      return { ...common, width: 2, points: { show: false } };
    case 'dashed':
      return { ...common, width: 1.5, dash: [5, 4], points: { show: false } };
    case 'faint':
      return {
        ...common,
        stroke: `color-mix(in srgb, ${stroke} 35%, transparent)`,
        width: 1,
        points: { show: false },
      };
    case 'points':
      return { ...common, width: 1, dash: [2, 3], points: { show: true, size: 7, fill: stroke, stroke } };
  }
}
