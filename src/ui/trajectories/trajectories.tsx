/** The latest trajectories: a list by question, and the tokens of the one that is open. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePage } from '../page';
import { RecordedPanel } from '../recorded/panel';
import { openTrajectory } from '../state';
import { t } from '../texts';
import { StepCard } from '../why/step-card';
import { TrajectoryDetail } from './detail';
import { FilterBar } from './filter-bar';
import { TrajectoryList } from './list';

export function Trajectories(): JSX.Element {
  const { trajectories } = usePage().live;
  const { batches, step, open } = trajectories;
  const item = openTrajectory(trajectories);
  const detail = useRef<HTMLDivElement>(null);
  const key = item === null ? '' : `${step ?? ''} ${item.group} ${item.rollout}`;
  useLayoutEffect(() => {
    // On narrow screens the text lies below the list it was opened from.
    if (open !== null && matchMedia('(max-width: 60rem)').matches)
      detail.current?.scrollIntoView({ block: 'start' });
  }, [key]);
  if (batches.length === 0 && step === null)
    return (
      <>
        <p class="empty">{t.trajectories.empty}</p>
        <RecordedPanel />
      </>
    );
  return (
    <div class="traj">
      <div class="traj-side">
        <label class="traj-step">
          {t.trajectories.step} <StepPicker />
        </label>
        <StepCard />
        {batches.length > 0 && <FilterBar />}
        <TrajectoryList />
      </div>
      <div class="traj-detail" ref={detail}>
        {item === null ? (
          <p class="empty">{t.trajectories.openOne}</p>
        ) : (
          <TrajectoryDetail key={key} item={item} />
        )}
      </div>
    </div>
  );
}

const LATEST = 'latest';

function StepPicker(): JSX.Element {
  const { live, dispatch } = usePage();
  const { batches, step } = live.trajectories;
  const isKept = step === null || batches.some((batch) => batch.step === step);
  return (
    <select
      aria-label={t.trajectories.stepLabel}
      value={step === null ? LATEST : String(step)}
      onChange={({ currentTarget: { value } }) =>
        dispatch({ kind: 'trajectory-step', step: value === LATEST ? null : Number(value) })
      }
    >
      <option value={LATEST}>{t.trajectories.newest(batches.at(-1)?.step ?? null)}</option>
      {!isKept && <option value={step}>{step}</option>}
      {[...batches].reverse().map((batch) => (
        <option key={batch.step} value={batch.step}>
          {batch.step}
        </option>
      ))}
    </select>
  );
}
