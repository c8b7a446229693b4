/** What a run is doing, and how it ended, in words. Pure. */
import { bytes, integer, percent } from '../../report/format';
import type { RunState } from '../state';
import { t } from '../texts';

export function statusText(run: Pick<RunState, 'status' | 'progress' | 'reason'>): string {
  const { status, progress } = run;
  if (status === 'ended' && run.reason === 'stopped') return t.run.stopped;
  if (status === 'stopping' && isOpening(progress)) return t.run.stoppingNow;
  if (status === 'running' && progress !== null) return t.run.phase[progress.phase];
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

export function detailText(run: RunState): string {
  const { status, progress, reason } = run;
  if (status === 'ended') {
    const best = run.result?.bestAccuracy ?? null;
    const isUnsaved = reason === 'stopped' && run.saved.length === 0 && run.result?.step === 0;
    return [
      reason === null ? '' : isUnsaved ? t.run.stoppedUnsaved : t.run.reason[reason],
      best === null ? '' : t.run.bestAccuracy(percent(best)),
    ]
      .filter((text) => text !== '')
      .join(' ');
  }
  if (status === 'paused') return t.run.pausedNote;
  if (status === 'failed') return t.run.failedNote;
  if (progress === null) return '';
  const counted = progress.total > 0 ? t.run.of(integer(progress.done), integer(progress.total)) : '';
  return [progress.note, counted].filter((text) => text !== '').join(' · ');
}
