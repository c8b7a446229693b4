/** What happened in one step, in numbers, and which tokens it moved most. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { StepMetrics } from '../../grpo/types';
import { list, metricText, percent, visibleToken } from '../format';
import { stepMetric } from '../metrics';
import { metricValue } from '../../report/metrics';
import { usePage } from '../page';
import { shownBatch, type TrajectoryBatch } from '../state';
import { t } from '../texts';
import { movedMost } from './numbers';

const SHOWN = [
  ...['rewardMean', 'rewardStd', 'accuracy', 'groupsKept', 'groupsAllRight', 'groupsAllWrong'],
  ...['trainableTokens', 'totalTokens', 'loss', 'kl', 'entropy', 'clipFraction', 'gradNorm'],
] as const;
/** Tokens that are named. */
const NAMED = 8;

export function StepCard(): JSX.Element | null {
  const { live, derived } = usePage();
  const { trajectories } = live;
  const batch = shownBatch(trajectories);
  const step = trajectories.step ?? batch?.step ?? null;
  const metrics = derived.record.value?.steps.find((one) => one.step === step);
  if (step === null) return null;
  return (
    <section class="card step-card" aria-label={t.why.step(step)}>
      <h3>{t.why.step(step)}</h3>
      {batch === null && (
        <p class="note">{t.why.notKept(list(trajectories.batches.map((one) => String(one.step))))}</p>
      )}
      {metrics !== undefined && <Facts metrics={metrics} />}
      {batch !== null && <Moved batch={batch} />}
    </section>
  );
}

function Facts({ metrics }: { readonly metrics: StepMetrics }): JSX.Element {
  const rows = SHOWN.flatMap((name) => {
    const value = metricValue(metrics, name);
    const { label, unit } = stepMetric(name as Parameters<typeof stepMetric>[0]);
    return value === null ? [] : [[label, metricText(value, unit)] as const];
  });
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Moved({ batch }: { readonly batch: TrajectoryBatch }): JSX.Element {
  const { dispatch } = usePage();
  const moved = useMemo(() => movedMost(batch.items, NAMED), [batch]);
  if (moved.length === 0) {
    const isTrained = batch.items.some(({ kept }) => kept);
    return <p class="note">{isTrained ? t.why.notMeasured : t.why.nothingTrained}</p>;
  }
  return (
    <>
      <h4>{t.why.moved}</h4>
      <ol class="moved">
        {moved.map(({ item, token, before, after }) => (
          <li key={`${item.group} ${item.rollout} ${token}`}>
            <button
              type="button"
              class="quiet"
              onClick={() =>
                dispatch({ kind: 'trajectory-open', group: item.group, rollout: item.rollout, token })
              }
            >
              <code>{visibleToken(item.tokens[token] ?? '')}</code>{' '}
              {t.why.from(percent(before, 1), percent(after, 1), after > before)}
            </button>
          </li>
        ))}
      </ol>
      <Pictured batch={batch} />
    </>
  );
}

/** Those of whose update there is a picture. */
function Pictured({ batch }: { readonly batch: TrajectoryBatch }): JSX.Element | null {
  const { dispatch } = usePage();
  const all = batch.items.flatMap((item) => (item.update?.moves ?? []).map(({ token }) => ({ item, token })));
  if (all.length === 0) return null;
  return (
    <p class="pictured">
      {t.why.pictured}{' '}
      {all.map(({ item, token }) => (
        <button
          key={`${item.group} ${item.rollout} ${token}`}
          type="button"
          class="quiet"
          onClick={() =>
            dispatch({ kind: 'trajectory-open', group: item.group, rollout: item.rollout, token })
          }
        >
          <code>{visibleToken(item.tokens[token] ?? '')}</code>
        </button>
      ))}
    </p>
  );
}
