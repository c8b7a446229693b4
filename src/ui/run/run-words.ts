/** What a run is doing, and how it ended, in words. Pure. */
import type { EvalSummary } from '../../grpo/types';
import { bytes, integer, percent } from '../format';
import type { RunState } from '../state';
import { t } from '../texts';

export function statusText({
  status,
  progress,
  reason,
}: Pick<RunState, 'status' | 'progress' | 'reason'>): string {
  if (status === 'stopping' && isOpening(progress)) return t.run.stoppingNow;
  if (status === 'running' && progress !== null) return t.run.phase[progress.phase];
  if (status === 'ended' && reason === 'stopped') return t.run.stopped;
  return t.run.status[status];
}

/** The phases before there is anything to save. */
const isOpening = (progress: RunState['progress']): boolean =>
  progress === null || progress.phase === 'loading' || progress.phase === 'compiling';

/** What a run takes, while its model is brought to the GPU. */
export function memoryText({ memory, progress, status }: RunState): string {
  if (memory === null || status === 'ended' || status === 'failed' || !isOpening(progress)) return '';
  const { peakBytes, weights, baseWeights } = memory;
  return t.run.memory({ all: bytes(peakBytes), weights: bytes(weights), form: baseWeights });
}

/** The best of the evaluations that training had a part in; null before the first. */
export function bestAfterStart(evaluations: readonly EvalSummary[]): EvalSummary | null {
  const trained = evaluations.filter(({ step, split }) => step > 0 && split === 'validation');
  return trained.reduce<EvalSummary | null>(
    (best, one) => (best === null || one.accuracy > best.accuracy ? one : best),
    null,
  );
}

/** What the worker notes beside a phase: a step, a split of the tasks, or the name of a file. */
export function noteText(note: string): string {
  const step = /^step (\d+)\/(\d+)$/.exec(note);
  if (step !== null) return t.run.stepOf(Number(step[1]), Number(step[2]));
  const splits: Readonly<Record<string, string | undefined>> = t.run.split;
  return splits[note] ?? note;
}

export function detailText(run: RunState, evaluations: readonly EvalSummary[]): string {
  const { status, progress, reason } = run;
  if (status === 'ended') {
    const isUnsaved = reason === 'stopped' && run.saved.length === 0 && run.result?.step === 0;
    const said = [
      reason === null ? '' : isUnsaved ? t.run.stoppedUnsaved : t.run.reason[reason],
      outcomeText(evaluations),
    ];
    return t.app.sentences(said.filter((text) => text !== ''));
  }
  if (status === 'paused') return t.run.pausedNote;
  if (status === 'failed') return t.run.failedNote;
  if (progress === null) return '';
  const counted = progress.total > 0 ? t.run.of(integer(progress.done), integer(progress.total)) : '';
  return [noteText(progress.note), counted].filter((text) => text !== '').join(' · ');
}

/** What came of it, with the model it started from beside; and a warning where that was better. */
function outcomeText(evaluations: readonly EvalSummary[]): string {
  const best = bestAfterStart(evaluations);
  if (best === null) return '';
  const start = evaluations.find(({ step, split }) => step === 0 && split === 'validation');
  const accuracy = percent(best.accuracy);
  if (start === undefined) return t.run.bestAccuracy(accuracy);
  const both = t.run.bestAndStart(accuracy, percent(start.accuracy));
  return best.accuracy < start.accuracy ? `${both} ${t.run.worseThanStart}` : both;
}
