/** Before the first run what it is about, then its live curves and evaluations. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { stepAxis } from '../../report/series';
import { environmentOf } from '../metrics';
import { useLive, usePage } from '../page';
import { ChartTools } from '../look/chart-tools';
import { Chart } from '../parts/chart';
import type { RunRecord } from '../state';
import { Reopened } from '../runs/reopened';
import { Evaluations } from './evaluations';
import { Intro } from './intro';
import { FollowedView } from '../why/followed';
import { StepJump } from '../why/step-jump';
import type { Panel } from './panels';
import { commonPanels, environmentPanels } from './run-panels';

export function Training(): JSX.Element {
  const isIdle = useLive((state) => state.run.status === 'idle' && state.run.recordId === null);
  return isIdle ? (
    <Intro />
  ) : (
    <div>
      <Reopened />
      <ChartTools />
      <StepJump />
      <RunCharts />
      <FollowedView />
      <Evaluations />
    </div>
  );
}

function RunCharts(): JSX.Element {
  const record = usePage().derived.record.value;
  const panels = [...commonPanels(), ...environmentPanels(environmentOf(record), record)];
  return (
    <div class="charts">
      {record !== null &&
        panels.map(
          (panel, i) =>
            (panel.concerns?.(record) ?? true) && <RunChart key={i} panel={panel} record={record} />,
        )}
    </div>
  );
}

function RunChart({ panel, record }: { readonly panel: Panel; readonly record: RunRecord }): JSX.Element {
  const {
    values,
    axis,
    title,
    caption,
    series,
    headline = 0,
    format,
    axisFormat,
    range,
    yName,
    ownMean = false,
  } = panel;
  // Equal steps stand at equal places, and the whole run is in view from its first step on.
  const last = record.steps.at(-1)?.maxSteps ?? record.settings?.maxSteps;
  const xRange = axis === undefined && last !== undefined ? ([0, last] as const) : undefined;
  // Equal data for an equal record: nothing is drawn anew for it.
  const [x, ys] = useMemo(() => {
    const places = axis?.(record) ?? stepAxis(record.steps, record.evaluations);
    return [places, values(record, places)] as const;
  }, [record]);
  const { dispatch } = usePage();
  // Evaluations and a warm start have points of their own, which are of no step.
  const onPick = (at: number): void => {
    if (record.steps.some(({ step }) => step === at)) dispatch({ kind: 'step-opened', step: at });
  };
  const form = { title, caption, series, headline, format, axisFormat, range, yName, xRange, ownMean };
  return <Chart {...form} {...{ x, ys, onPick }} />;
}
