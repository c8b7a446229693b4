/** Curves of several runs on top of each other, at equal steps, equal time or equal tokens. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { align } from '../../report/series';
import { usePage } from '../page';
import { Chart, type SeriesSpec } from '../parts/chart';
import { Segmented } from '../parts/segmented';
import { missingModes, readingOf, recordName, type Axis } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { chartForm } from '../training/panels';
import { comparisonOf } from './comparison';
import { ConclusionView } from './conclusion';
import { measures, type Measure } from './measures';
import { RunList } from './run-list';
import { SiblingButton } from './sibling-button';
import { RunTable } from './run-table';

const AXES = ['steps', 'seconds', 'tokens'] as const;

export function Compare(): JSX.Element {
  const { live, derived } = usePage();
  const axis = useSignal<Axis>('steps');
  const records = useComputed(() => live.records.filter((record) => record.steps.length > 0)).value;
  const shown = useComputed(() =>
    live.records.filter(({ id, steps }) => steps.length > 0 && !live.hiddenRecords.has(id)),
  );
  const comparison = useComputed(() => comparisonOf(shown.value)).value;
  if (records.length === 0) {
    return (
      <div class="compare">
        <p class="empty">{t.compare.empty}</p>
      </div>
    );
  }
  return (
    <div class="compare">
      <section class="card compare-next" aria-label={t.compare.whatDiffers}>
        <p class="compare-reading" role="status">
          {readingOf(shown.value, derived.busy.value ? derived.record.value : null)}
        </p>
        <Siblings records={records} />
      </section>
      {comparison !== null && <ConclusionView {...comparison} />}
      <div class="compare-tools">
        <RunList records={records} />
        <Segmented
          legend={t.compare.atEqual}
          name="axis"
          options={AXES.map((value) => [value, t.compare.axis[value]] as const)}
          value={axis.value}
          onChoose={(value) => (axis.value = value)}
        />
      </div>
      <div class="charts">
        {measures().map((measure, i) =>
          measure.concerns === undefined || shown.value.some(measure.concerns) ? (
            <MeasureChart key={i} measure={measure} shown={shown.value} axis={axis.value} />
          ) : null,
        )}
      </div>
      <RunTable records={shown.value} />
    </div>
  );
}

interface ChartProps {
  readonly measure: Measure;
  readonly shown: readonly RunRecord[];
  readonly axis: Axis;
}

function MeasureChart({ measure, shown, axis }: ChartProps): JSX.Element {
  const { metric, caption, look = 'line', curve } = measure;
  const { colours } = usePage().derived;
  const { x, ys } = useMemo(() => align(shown.map((record) => curve(record, axis))), [shown, axis]);
  const longest = axis === 'steps' ? Math.max(...shown.map(({ steps }) => steps.at(-1)?.maxSteps ?? 0)) : 0;
  const series = shown.map((record): SeriesSpec => ({
    label: recordName(record),
    colour: colours.value.get(record.id) ?? '--curve-1',
    look,
  }));
  return (
    <Chart
      title={metric.label}
      caption={caption}
      {...chartForm(metric)}
      series={series}
      headline={-1}
      x={x}
      ys={ys}
      xName={t.compare.axisName[axis]}
      xRange={axis === 'steps' && measure.concerns !== undefined ? undefined : [0, longest]}
    />
  );
}

/** One press starts what is missing beside the newest run. */
function Siblings({ records }: { readonly records: readonly RunRecord[] }): JSX.Element | null {
  const { derived } = usePage();
  const record = derived.record.value ?? records.findLast(({ settings }) => settings !== null) ?? null;
  const missing = record === null || derived.busy.value ? [] : missingModes(record, records);
  if (record === null || missing.length === 0) return null;
  return (
    <div class="button-row">
      {missing.map((mode) => (
        <SiblingButton key={mode} record={record} mode={mode} />
      ))}
    </div>
  );
}
