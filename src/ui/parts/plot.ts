/** The drawing area of a chart: uPlot in the colours of the page's theme, as large as its box. */
import { effect } from '@preact/signals';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { tick } from '../format';
import { presenting, shownTheme } from '../look/look';
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
  /** The part that is shown instead; null for all. */
  readonly zoom?: readonly [number, number] | null | undefined;
  /** A logarithmic vertical axis, where all values are positive. */
  readonly log?: boolean | undefined;
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
  readonly #onZoom: (part: readonly [number, number] | null) => void;
  readonly #unfollow: () => void;
  #data: PlotData | null = null;
  #plot: UPlot | null = null;

  /**
   * @param onPointer told which of the positions is pointed at, in this chart or another
   * @param onZoom told which part of the horizontal axis was dragged over; null: all is to be seen again
   */
  constructor(
    box: HTMLElement,
    onPointer: (index: number | null) => void,
    onZoom: (part: readonly [number, number] | null) => void,
  ) {
    this.#box = box;
    this.#onPointer = onPointer;
    this.#onZoom = onZoom;
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(box);
    this.#unfollow = effect(() => {
      // Colours and sizes of type are read once, when the plot is made.
      void [shownTheme.value, presenting.value];
      queueMicrotask(this.#rebuild);
    });
  }

  draw(data: PlotData): void {
    const looks = (of: PlotData): string => {
      const { series, bands = [], range, xRange, zoom, xName, yName } = of;
      const colours = bands.map(({ colour }) => colour);
      return JSON.stringify([series, colours, range, xRange, zoom, isLog(of), xName, yName]);
    };
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
    this.#unfollow();
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
    // As large as the page's type.
    const em = Number.parseFloat(style.fontSize) / 16;
    const axis = {
      font: `${11 * em}px ${colour('--font-sans')}`,
      stroke: colour('--ink-3'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      gap: 4,
    };
    const named = (label: string) =>
      label === '' ? {} : { label, labelFont: axis.font, labelSize: 16 * em, labelGap: 2 };
    this.#plot = new UPlot(
      {
        width: Math.max(80, this.#box.clientWidth),
        height: Math.max(80, this.#box.clientHeight),
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: SYNC, setSeries: false },
          drag: { x: true, y: false, setScale: false },
          bind: {
            dblclick: () => () => {
              this.#onZoom(null);
              return null;
            },
          },
          points: { size: 7 },
          y: false,
        },
        hooks: {
          setCursor: [({ cursor }) => this.#onPointer(cursor.idx ?? null)],
          setSelect: [(plot) => this.#select(plot)],
        },
        scales: {
          x: {
            time: false,
            range: (_, min, max) =>
              [...(this.#data?.zoom ?? widened(min, max, data.xRange))] as [number, number],
          },
          y: isLog(data) ? { distr: 3, log: 10 } : { range: (_, min, max) => padded(min, max, data.range) },
        },
        axes: [
          {
            ...axis,
            ...named(data.xName),
            size: 22 * em,
            space: 60 * em,
            grid: { show: false },
            incrs: WHOLE_STEPS,
            values: (_, splits) => splits.map(short),
          },
          {
            ...axis,
            ...named(data.yName),
            size: 48 * em,
            space: 28 * em,
            values: (_, splits) => splits.map((v: number | null) => (v === null ? '' : data.axisFormat(v))),
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

  #select(plot: UPlot): void {
    const { left, width } = plot.select;
    // What is dragged over in another chart comes here too; only the chart under the pointer tells.
    if (width < 4 || !this.#box.matches(':hover')) return;
    const part = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')] as const;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#onZoom(part);
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width === 0 || height === 0) return;
    if (this.#plot === null) this.#rebuild();
    else if (this.#plot.width !== width || this.#plot.height !== height)
      this.#plot.setSize({ width, height });
  }
}

/** Whether the vertical axis is logarithmic: nought and less have no place on one. */
export function isLog({ log = false, ys, bands = [] }: PlotData): boolean {
  const all = [...ys, ...bands.flatMap(({ low, high }) => [low, high])];
  return log && all.every((y) => y.every((value) => value === null || value > 0));
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

/** A line of one point would be nothing. */
export function isLone(values: ArrayLike<number | null | undefined> | undefined): boolean {
  return Array.from(values ?? []).filter((value) => value !== null && value !== undefined).length === 1;
}

function drawn(series: SeriesSpec, stroke: string): UPlot.Series {
  const points = { show: ({ data }: UPlot, at: number) => isLone(data[at]), size: 7, fill: stroke, stroke };
  const common: UPlot.Series = { label: series.label, stroke, spanGaps: true, points };
  switch (series.look) {
    case 'line':
      return { ...common, width: 2 };
    case 'dashed':
      return { ...common, width: 1.5, dash: [5, 4] };
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
