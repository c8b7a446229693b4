/** Where the run is: phase, steps, time left, and the figures one looks at first. */
import type { RunPhase, StopReason } from '../grpo/types';
import { el, fill, setText } from './dom';
import { duration, integer, NONE, number, percent, remaining, signed } from '../report/format';
import type { PageStore } from './runner';
import { latest, movingMean, SMOOTHING } from '../report/series';
import { runningMs, secondsLeft } from './run-clock';
import { currentRecord, type RunState, type State } from './state';

const PHASE_TEXT: Readonly<Record<RunPhase, string>> = {
  loading: 'Loading the model',
  compiling: 'Preparing the GPU programs',
  baseline: 'Testing the untrained model',
  'warm-start': 'Learning from an expert',
  rollout: 'Trying to answer questions',
  training: 'Learning from the answers',
  evaluating: 'Testing on unseen questions',
  saving: 'Saving',
};

const REASON_TEXT: Readonly<Record<StopReason, string>> = {
  'max-steps': 'All steps are done.',
  'target-accuracy': 'The target accuracy is reached.',
  patience: 'Accuracy had stopped rising, so the run ended.',
  stopped: 'Stopped; the last step is saved.',
};

/** `actions`: what a run offers beside its figures. */
export function createProgress(store: PageStore, actions: HTMLElement): HTMLElement {
  const status = el('h2', { class: 'status' });
  const detail = el('p', { class: 'status-detail' });
  const bar = el('div', { class: 'bar-fill' });
  const barBox = el(
    'div',
    { class: 'bar', role: 'progressbar', 'aria-label': 'Steps done', 'aria-valuemin': 0 },
    bar,
  );
  const phaseBar = el('div', { class: 'bar-fill' });
  const phaseBox = el(
    'div',
    {
      class: 'bar bar-thin',
      role: 'progressbar',
      'aria-label': 'Progress of the present phase',
      'aria-valuemin': 0,
    },
    phaseBar,
  );
  const time = el('p', { class: 'status-time' });
  const figures = el('dl', { class: 'figures' });
  const root = el(
    'section',
    { class: 'card progress', 'aria-label': 'Progress' },
    el('div', { class: 'status-row' }, el('div', { role: 'status' }, status), time),
    detail,
    barBox,
    phaseBox,
    figures,
    actions,
  );

  const drawTime = (): void => {
    const { run } = store.state;
    if (run.clock === null) return setText(time, '');
    const now = performance.now();
    const spent = duration(runningMs(run.clock, now) / 1000);
    const left = run.status === 'running' ? ` · ${remaining(secondsLeft(run.clock, run.maxSteps, now))}` : '';
    setText(time, spent + left);
  };
  store.watch(
    (state) => state.run,
    (run, state) => {
      root.hidden = run.status === 'idle';
      root.dataset['status'] = run.status;
      setText(status, statusText(run));
      setText(detail, detailText(run));
      const step = currentStep(state);
      const share = run.maxSteps === 0 ? 0 : step / run.maxSteps;
      bar.style.transform = `scaleX(${run.reason !== null && run.status === 'ended' ? Math.max(share, 0) : share})`;
      barBox.setAttribute('aria-valuemax', String(run.maxSteps));
      barBox.setAttribute('aria-valuenow', String(step));
      barBox.setAttribute('aria-valuetext', `step ${step} of ${run.maxSteps}`);
      const { progress } = run;
      const known = progress !== null && progress.total > 0;
      phaseBox.classList.toggle('is-unknown', progress !== null && !known);
      phaseBox.classList.toggle('is-idle', progress === null);
      phaseBar.style.transform = known ? `scaleX(${Math.min(1, progress.done / progress.total)})` : '';
      phaseBox.setAttribute('aria-valuemax', String(known ? progress.total : 1));
      if (known) phaseBox.setAttribute('aria-valuenow', String(progress.done));
      else phaseBox.removeAttribute('aria-valuenow');
      drawTime();
    },
  );
  store.watch(
    (state) => currentRecord(state),
    (record) => {
      const steps = record?.steps ?? [];
      const last = steps.at(-1);
      const evaluations = record?.evaluations ?? [];
      const best = evaluations.reduce<number | null>((top, e) => Math.max(top ?? 0, e.accuracy), null);
      const accuracy = latest(
        movingMean(
          steps.map((s) => s.accuracy),
          SMOOTHING,
        ),
      );
      fill(
        figures,
        ...figure('Step', last ? `${last.step} / ${last.maxSteps}` : NONE),
        ...figure('Reward', last ? signed(last.rewardMean) : NONE),
        ...figure(`Accuracy, ${SMOOTHING} steps`, percent(accuracy)),
        ...figure('Best evaluation', percent(best)),
        ...figure('Tokens trained', percent(last?.trainableRatio)),
        ...figure('Tokens/s', last ? number(last.tokensPerSecond) : NONE),
      );
    },
  );
  setInterval(drawTime, 1000);
  return root;
}

function figure(name: string, value: string): Node[] {
  return [el('div', {}, el('dt', {}, name), el('dd', {}, value))];
}

function currentStep(state: State): number {
  return currentRecord(state)?.steps.at(-1)?.step ?? 0;
}

function statusText(run: RunState): string {
  switch (run.status) {
    case 'idle':
      return '';
    case 'starting':
      return 'Starting';
    case 'running':
      return run.progress === null ? 'Running' : PHASE_TEXT[run.progress.phase];
    case 'pausing':
      return 'Pausing at the next safe point';
    case 'paused':
      return 'Paused';
    case 'stopping':
      return 'Stopping after this step';
    case 'ended':
      return 'Finished';
    case 'failed':
      return 'Stopped early';
  }
}

function detailText(run: RunState): string {
  if (run.status === 'ended') {
    const best = run.result?.bestAccuracy;
    const accuracy =
      best === null || best === undefined ? '' : ` Best accuracy in an evaluation: ${percent(best)}.`;
    return (run.reason === null ? '' : REASON_TEXT[run.reason]) + accuracy;
  }
  if (run.status === 'paused') return 'Nothing is computed until you press Resume.';
  if (run.status === 'failed') return 'What went wrong is explained above.';
  const { progress } = run;
  if (progress === null) return '';
  const counted = progress.total > 0 ? `${integer(progress.done)} of ${integer(progress.total)}` : '';
  return [progress.note, counted].filter((text) => text !== '').join(' · ');
}
