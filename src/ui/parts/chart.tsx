/** One chart as a card: title, value, what it means, the plot, its legend, and its values in words. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { NONE, number, tick } from '../format';
import { latest, smoothed, type Points } from '../../report/series';
import { chartLook, zoom } from '../look/look';
import { t } from '../texts';
import { ChartMenu } from './chart-menu';
import type { ChartPicture } from './chart-file';
import { Plot, type Band, type SeriesSpec } from './plot';

export type { Band, SeriesSpec } from './plot';

/** How the values of a chart are written, and what it always shows. */
export interface ChartForm {
  readonly format?: ((value: number) => string) | undefined;
  /** Labels of the vertical axis, when other than `format`. */
  readonly axisFormat?: ((value: number) => string) | undefined;
  readonly range?: readonly [number, number] | undefined;
  /** Name or unit of the vertical axis. */
  readonly yName?: string | undefined;
}

export interface ChartProps extends ChartForm {
  readonly title: string;
  /** One sentence: what the curve means. */
  readonly caption: string;
  readonly series: readonly SeriesSpec[];
  /** Ascending. */
  readonly x: readonly number[];
  /** One array per series, as long as `x`. */
  readonly ys: readonly Points[];
  readonly bands?: readonly Band[] | undefined;
  /** Name of the horizontal axis. */
  readonly xName?: string;
  /** Part of the horizontal axis that is always shown. */
  readonly xRange?: readonly [number, number] | undefined;
  /** Told of the position of a point that is clicked. */
  readonly onPick?: ((x: number) => void) | undefined;
  /** Series whose latest value stands beside the title; -1 for none. */
  readonly headline?: number;
  /** True for one that averages by itself. */
  readonly ownMean?: boolean;
}

export function Chart(props: ChartProps): JSX.Element {
  const { title, series, x, ys, bands, headline = 0, xName = t.charts.step, range, xRange, onPick } = props;
  const { log, smoothing } = chartLook.value;
  const isSmoothed = smoothing > 1 && props.ownMean !== true;
  const caption = isSmoothed ? `${props.caption} ${t.look.smoothed(smoothing)}` : props.caption;
  // Only what is drawn: numbers beside it stay what was measured.
  const lines = useMemo(
    () => (isSmoothed ? ys.map((y, i) => (series[i]?.look === 'points' ? y : smoothed(y, smoothing))) : ys),
    [ys, isSmoothed, smoothing],
  );
  const shown = zoom.value?.xName === xName ? zoom.value.range : null;
  const yName = props.yName ?? '';
  const format = (value: number | null): string => (value === null ? NONE : (props.format ?? number)(value));
  const axisFormat = props.axisFormat ?? props.format ?? tick;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const pointed = useSignal<number | null>(null);
  useEffect(() => () => plot.current?.destroy(), []);
  useLayoutEffect(() => {
    if (box.current === null) return;
    plot.current ??= new Plot(
      box.current,
      (index) => (pointed.value = index),
      (part) => (zoom.value = part === null ? null : { xName, range: part }),
    );
    plot.current.draw({
      series,
      x,
      ys: lines,
      bands,
      range,
      xRange,
      zoom: shown,
      log,
      xName,
      yName,
      axisFormat,
    });
  }, [JSON.stringify([series, range, xRange, shown, log, xName, yName]), x, lines, bands]);

  /** At the pointer or last before it, since curves of several runs have points of their own; or the latest. */
  const at = (index: number): number | null => {
    const y = ys[index] ?? [];
    return latest(pointed.value === null ? y : y.slice(0, pointed.value + 1));
  };
  const position = pointed.value === null ? undefined : x[pointed.value];
  const where = position === undefined ? '' : ` ${t.charts.at(xName, number(position))}`;
  const isEmpty = !ys.some((y) => latest(y) !== null);
  const picture = (): ChartPicture => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    return { title, caption, xName, yName, x, series, ys, bands, range, xRange, yText: axisFormat, colour };
  };
  return (
    <section class={isEmpty ? 'chart is-empty' : 'chart'} aria-label={title}>
      <div class="chart-head">
        <h3>{title}</h3>
        {!isEmpty && <ChartMenu picture={picture} />}
        <span class="chart-value">{headline < 0 || isEmpty ? '' : format(at(headline)) + where}</span>
      </div>
      <p class="chart-caption">{caption}</p>
      <div class="chart-box">
        <div
          class={onPick === undefined ? 'chart-plot' : 'chart-plot is-open-to-clicks'}
          role="img"
          aria-label={described(props, format)}
          ref={box}
          onClick={({ clientX }) => {
            const picked = x[plot.current?.indexAt(clientX) ?? -1];
            if (picked !== undefined) onPick?.(picked);
          }}
        />
        <p class="chart-empty">{t.charts.empty}</p>
      </div>
      <ul class="chart-legend">
        {series.length > 1 &&
          series.map(({ label, look, colour }, i) => (
            <li key={i}>
              <span class={`key key-${look}`} style={`--key: var(${colour})`} aria-hidden="true" />
              {label} <b>{format(at(i))}</b>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** What the curves show, for those who cannot see them. */
function described({ title, series, ys }: ChartProps, format: (value: number | null) => string): string {
  const parts = series.map(({ label }, i) => {
    const values = (ys[i] ?? []).filter((value) => value !== null);
    if (values.length === 0) return t.charts.noValues(label);
    return t.charts.values({
      label,
      n: values.length,
      low: format(Math.min(...values)),
      high: format(Math.max(...values)),
      last: format(values.at(-1) ?? null),
    });
  });
  return t.charts.described(title, parts);
}
