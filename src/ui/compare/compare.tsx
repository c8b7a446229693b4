/** Curves of several runs on top of each other, at equal steps, equal time or equal tokens. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { ChartTools } from '../look/chart-tools';
import { Segmented } from '../parts/segmented';
import { RecordedPanel } from '../recorded/panel';
import { missingModes, readingOf, type Axis } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { comparisonOf, kindsOf } from './comparison';
import { ConclusionView } from './conclusion';
import { Kinds } from './kinds';
import { MeasureChart } from './measure-chart';
import { measures } from './measures';
import { poolsOf, type BandKind } from './pools';
import { RunList } from './run-list';
import { SiblingButton } from './sibling-button';
import { RunTable } from './run-table';

const AXES = ['steps', 'seconds', 'tokens'] as const;
const SEEDS = ['range', 'error', 'apart'] as const;

export function Compare(): JSX.Element {
  const { live, derived } = usePage();
  const axis = useSignal<Axis>('steps');
  const seeds = useSignal<BandKind | 'apart'>('range');
  const records = useComputed(() => live.records.filter((record) => record.steps.length > 0)).value;
  const shown = useComputed(() =>
    live.records.filter(({ id, steps }) => steps.length > 0 && !live.hiddenRecords.has(id)),
  );
  const comparison = useComputed(() => comparisonOf(shown.value)).value;
  const kinds = useComputed(() => kindsOf(shown.value)).value;
  const pools = useComputed(() => poolsOf(shown.value, seeds.value !== 'apart'));
  if (records.length === 0) {
    return (
      <div class="compare">
        <p class="empty">{t.compare.empty}</p>
        <RecordedPanel />
      </div>
    );
  }
  return (
    <div class="compare">
      <h2>{t.app.view.compare}</h2>
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
        <Segmented
          legend={t.compare.seeds}
          name="seeds-shown"
          options={SEEDS.map((value) => [value, t.compare.band[value]] as const)}
          value={seeds.value}
          onChoose={(value) => (seeds.value = value)}
        />
      </div>
      {kinds.length > 1 ? (
        <Kinds kinds={kinds} />
      ) : (
        <>
          <ChartTools />
          <div class="charts">
            {measures().map((measure, i) =>
              measure.concerns === undefined || shown.value.some(measure.concerns) ? (
                <MeasureChart
                  key={i}
                  measure={measure}
                  pools={pools.value}
                  axis={axis.value}
                  band={seeds.value === 'error' ? 'error' : 'range'}
                />
              ) : null,
            )}
          </div>
          <RunTable pools={pools.value} />
        </>
      )}
    </div>
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
