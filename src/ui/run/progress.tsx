/** Where the run is: phase, steps, time left, and the figures one looks at first. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { duration, NONE, number, percent, remaining, signed } from '../format';
import { latest, movingMean, SMOOTHING } from '../../report/series';
import { usePage } from '../page';
import { runningMs, secondsLeft } from '../run-clock';
import { Download } from '../storage/download';
import { t } from '../texts';
import { bestAfterStart, detailText, memoryText, statusText } from './run-words';

export function Progress(): JSX.Element {
  const { live, derived } = usePage();
  const { run } = live;
  const step = derived.record.value?.steps.at(-1)?.step ?? 0;
  const { progress } = run;
  const total = progress !== null && progress.total > 0 ? progress.total : null;
  const phase = `bar bar-thin${progress === null ? ' is-idle' : total === null ? ' is-unknown' : ''}`;
  return (
    <section
      class="card progress"
      aria-label={t.run.progress}
      data-status={run.status}
      hidden={run.status === 'idle'}
    >
      <div class="status-row">
        <h2 class="status">{statusText(run)}</h2>
        <Time />
      </div>
      <p class="status-detail">{detailText(run, derived.record.value?.evaluations ?? [])}</p>
      <p class="status-detail">{memoryText(run)}</p>
      <div
        class="bar"
        role="progressbar"
        aria-label={t.run.stepsDone}
        aria-valuemin={0}
        aria-valuemax={run.maxSteps}
        aria-valuenow={step}
        aria-valuetext={t.run.stepOf(step, run.maxSteps)}
      >
        <div class="bar-fill" style={`transform: scaleX(${run.maxSteps === 0 ? 0 : step / run.maxSteps})`} />
      </div>
      <div
        class={phase}
        role="progressbar"
        aria-label={t.run.phaseProgress}
        aria-valuemin={0}
        aria-valuemax={total ?? 1}
        aria-valuenow={total === null ? undefined : progress?.done}
      >
        <div
          class="bar-fill"
          style={total === null ? '' : `transform: scaleX(${Math.min(1, (progress?.done ?? 0) / total)})`}
        />
      </div>
      <Figures />
      <Download />
    </section>
  );
}

/** Running time and what is left of it. */
function Time(): JSX.Element {
  const { run } = usePage().live;
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // The state may be younger than the last tick.
  const at = Math.max(now.value, performance.now());
  const { clock } = run;
  if (clock === null) return <p class="status-time" />;
  const spent = duration(runningMs(clock, at) / 1000);
  const left = run.status === 'running' ? ` · ${remaining(secondsLeft(clock, run.maxSteps, at))}` : '';
  return <p class="status-time">{spent + left}</p>;
}

function Figures(): JSX.Element {
  const record = usePage().derived.record.value;
  const steps = record?.steps ?? [];
  const last = steps.at(-1);
  const best = bestAfterStart(record?.evaluations ?? []);
  const recent = movingMean(
    steps.map(({ accuracy }) => accuracy),
    SMOOTHING,
  );
  const figures = [
    [t.run.figure.step, last ? `${last.step} / ${last.maxSteps}` : NONE],
    [t.run.figure.reward, signed(last?.rewardMean)],
    [t.run.figure.accuracy(SMOOTHING), percent(latest(recent))],
    [t.run.figure.best, percent(best?.accuracy)],
    [t.run.figure.trained, percent(last?.trainableRatio)],
    [t.run.figure.speed, number(last?.tokensPerSecond)],
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
