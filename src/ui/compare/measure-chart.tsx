/** One measure of the runs that are compared; runs that differ only in their seed are one curve with a band. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { align, onGrid } from '../../report/series';
import { Chart, type Band, type SeriesSpec } from '../parts/chart';
import type { Axis } from '../records';
import { t } from '../texts';
import { chartForm } from '../training/panels';
import { endedAt } from './early-end';
import type { Measure } from './measures';
import { pooledCurve, type BandKind, type Pool } from './pools';

interface Props {
  readonly measure: Measure;
  readonly pools: readonly Pool[];
  readonly axis: Axis;
  readonly band: BandKind;
}

export function MeasureChart({ measure, pools, axis, band }: Props): JSX.Element {
  const { metric, caption, look = 'line', curve } = measure;
  const { x, ys, bands } = useMemo(() => {
    const pooled = pools.map(({ records }) =>
      pooledCurve(
        records.map((record) => curve(record, axis)),
        band,
      ),
    );
    const aligned = align(pooled.map((one) => ({ x: one.x, y: one.mean })));
    const around = pooled.flatMap((one, i): Band[] =>
      (pools[i]?.records.length ?? 0) < 2
        ? []
        : [
            {
              colour: pools[i]?.colour ?? '',
              low: onGrid(aligned.x, { x: one.x, y: one.low }),
              high: onGrid(aligned.x, { x: one.x, y: one.high }),
            },
          ],
    );
    return { ...aligned, bands: around };
  }, [pools, axis, band]);
  const ofWarmStart = axis === 'steps' && measure.concerns !== undefined;
  const steps = pools.flatMap(({ records }) => records.map((one) => one.steps.at(-1)?.maxSteps ?? 0));
  const longest = axis === 'steps' ? Math.max(0, ...steps) : 0;
  const series = pools.map(({ name, colour }): SeriesSpec => ({ label: name, colour, look }));
  const early = useMemo(
    () =>
      pools.flatMap(({ name, records }) => {
        const ends = records.map((record) => endedAt(record, curve(record, 'steps').y));
        const last = ends.every((end) => end !== null) ? Math.max(...ends) : null;
        return last === null ? [] : [t.compare.endsEarly(name, last)];
      }),
    [pools],
  );
  const words = [caption, ...(bands.length === 0 ? [] : [t.compare.bandIs[band]]), ...early];
  return (
    <Chart
      title={metric.label}
      caption={t.app.sentences(words)}
      {...chartForm(metric)}
      series={series}
      bands={bands}
      headline={-1}
      x={x}
      ys={ys}
      xName={t.compare.axisName[axis]}
      // The loss of a warm start has steps of its own, up to 0.
      xRange={ofWarmStart ? undefined : [0, longest]}
    />
  );
}
