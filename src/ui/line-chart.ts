/** One chart card around uPlot: title, value, legend, theme colours, size that follows its box. */
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { el, fill, setText } from './dom';
import { number, NONE, tick } from '../report/format';
import { latest, type Points } from '../report/series';

export interface SeriesSpec {
  readonly label: string;
  /** A CSS custom property, so that curves follow the light or dark theme. */
  readonly colour: string;
  /** faint: raw values behind a smoothed line; points: few values that are measured apart. */
  readonly look: 'line' | 'dashed' | 'faint' | 'points';
}

export interface ChartSpec {
  readonly title: string;
  /** One sentence: what the curve means. */
  readonly caption: string;
  readonly series: readonly SeriesSpec[];
  readonly format?: (value: number) => string;
  /** Labels of the vertical axis, when other than `format`. */
  readonly axisFormat?: (value: number) => string;
  /** Range that is always shown, e.g. [0, 1] for a share; values beyond it widen it. */
  readonly range?: readonly [number, number];
  /** Name of the horizontal axis in the reading ("step"). */
  readonly xName?: string;
  /** Series whose latest value stands beside the title. */
  readonly headline?: number;
}

/** Charts with the same key show the same position under the pointer. */
const SYNC = 'mailgym';

/** Distances of marks on the horizontal axis: steps, seconds or tokens, all whole. */
const WHOLE_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/** 1500 and 20k, so that labels stay as narrow as the marks are close. */
function short(value: number): string {
  return Math.abs(value) >= 10_000 ? `${tick(value / 1000)}k` : tick(value);
}

export class LineChart {
  readonly root: HTMLElement;
  readonly #plotBox: HTMLElement;
  readonly #value = el('span', { class: 'chart-value' });
  readonly #legend = el('ul', { class: 'chart-legend' });
  readonly #empty = el('p', { class: 'chart-empty' }, 'No values yet');
  #spec: ChartSpec;
  #plot: UPlot | null = null;
  #x: readonly number[] = [];
  #ys: readonly Points[] = [];

  constructor(spec: ChartSpec) {
    this.#spec = spec;
    // Named before it has data: a chart that is hidden so far is in the document too.
    this.#plotBox = el('div', { class: 'chart-plot', role: 'img', 'aria-label': spec.title });
    this.root = el(
      'section',
      { class: 'chart', 'aria-label': spec.title },
      el('div', { class: 'chart-head' }, el('h3', {}, spec.title), this.#value),
      el('p', { class: 'chart-caption' }, spec.caption),
      el('div', { class: 'chart-box' }, this.#plotBox, this.#empty),
      this.#legend,
    );
    new ResizeObserver(() => this.#fit()).observe(this.#plotBox);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#rebuild());
  }

  setSeries(series: readonly SeriesSpec[], changes: Partial<Omit<ChartSpec, 'series'>> = {}): void {
    this.#spec = { ...this.#spec, ...changes, series };
    this.#plot?.destroy();
    this.#plot = null;
    this.#ys = [];
  }

  /** @param ys one array per series, as long as `x`; `x` ascends. */
  setData(x: readonly number[], ys: readonly Points[]): void {
    this.#x = x;
    this.#ys = ys;
    const some = ys.some((y) => latest(y) !== null);
    this.root.classList.toggle('is-empty', !some);
    this.#readOut(null);
    this.#describe();
    if (!some) {
      this.#plot?.destroy();
      this.#plot = null;
      return;
    }
    if (this.#plot === null) this.#rebuild();
    else this.#plot.setData(this.#data());
  }

  #data(): UPlot.AlignedData {
    return [this.#x as number[], ...this.#ys.map((y) => [...y])];
  }

  #format(value: number | null): string {
    return value === null ? NONE : (this.#spec.format ?? number)(value);
  }

  /** Values at `index` or last before it (curves of several runs have points of their own), or the latest ones. */
  #readOut(index: number | null): void {
    const at = (series: number) => {
      const y = this.#ys[series] ?? [];
      return latest(index === null ? y : y.slice(0, index + 1));
    };
    const position = index === null ? undefined : this.#x[index];
    const where = position === undefined ? '' : ` at ${this.#spec.xName ?? 'step'} ${number(position)}`;
    const headline = this.#spec.headline ?? 0;
    setText(this.#value, headline < 0 || this.#ys.length === 0 ? '' : this.#format(at(headline)) + where);
    if (this.#spec.series.length < 2) {
      fill(this.#legend);
      return;
    }
    fill(
      this.#legend,
      ...this.#spec.series.map((series, i) =>
        el(
          'li',
          {},
          el('span', {
            class: `key key-${series.look}`,
            style: `--key: var(${series.colour})`,
            'aria-hidden': 'true',
          }),
          `${series.label} `,
          el('b', {}, this.#format(at(i))),
        ),
      ),
    );
  }

  #describe(): void {
    const parts = this.#spec.series.map((series, i) => {
      const values = (this.#ys[i] ?? []).filter((v) => v !== null);
      if (values.length === 0) return `${series.label}: no values`;
      const low = Math.min(...values);
      const high = Math.max(...values);
      const last = values.at(-1) ?? null;
      return `${series.label}: ${values.length} values from ${this.#format(low)} to ${this.#format(high)}, latest ${this.#format(last)}`;
    });
    this.#plotBox.setAttribute('aria-label', `${this.#spec.title}. ${parts.join('; ')}`);
  }

  #rebuild(): void {
    this.#plot?.destroy();
    this.#plot = null;
    if (!this.#ys.some((y) => latest(y) !== null)) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const font = `11px ${colour('--font-sans')}`;
    const axis = {
      font,
      stroke: colour('--ink-3'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      gap: 4,
    };
    const { range, axisFormat = this.#spec.format ?? tick } = this.#spec;
    this.#plot = new UPlot(
      {
        width: Math.max(80, this.#plotBox.clientWidth),
        height: Math.max(80, this.#plotBox.clientHeight),
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: SYNC, setSeries: false },
          drag: { x: false, y: false },
          points: { size: 7 },
          y: false,
        },
        hooks: { setCursor: [(u) => this.#readOut(u.cursor.idx ?? null)] },
        scales: {
          x: { time: false, range: (_u, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
          y: {
            range: (_u, min, max) => {
              const low = Math.min(min, range?.[0] ?? Infinity);
              const high = Math.max(max, range?.[1] ?? -Infinity);
              const pad = (high - low) * 0.06 || Math.max(1e-3, Math.abs(high) * 0.1);
              return [
                range && low === range[0] ? low : low - pad,
                range && high === range[1] ? high : high + pad,
              ];
            },
          },
        },
        axes: [
          {
            ...axis,
            size: 22,
            space: 60,
            grid: { show: false },
            incrs: WHOLE_STEPS,
            values: (_u, splits) => splits.map(short),
          },
          { ...axis, size: 48, space: 28, values: (_u, splits) => splits.map((v) => axisFormat(v)) },
        ],
        series: [{}, ...this.#spec.series.map((series) => drawn(series, colour(series.colour)))],
      },
      this.#data(),
      this.#plotBox,
    );
  }

  #fit(): void {
    const width = this.#plotBox.clientWidth;
    const height = this.#plotBox.clientHeight;
    if (width === 0 || height === 0) return;
    if (this.#plot === null) this.#rebuild();
    else if (this.#plot.width !== width || this.#plot.height !== height)
      this.#plot.setSize({ width, height });
  }
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
