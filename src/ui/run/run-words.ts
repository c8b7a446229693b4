/** What a run is doing, and how it ended, in words. Pure. */
import { integer, percent } from '../../report/format';
import type { RunState } from '../state';
import { t } from '../texts';

export function statusText(run: Pick<RunState, 'status' | 'progress'>): string {
  const { status, progress } = run;
  if (status === 'running' && progress !== null) return t.run.phase[progress.phase];
  return t.run.status[status];
}

export function detailText(run: RunState): string {
  const { status, progress, reason } = run;
  if (status === 'ended') {
    const best = run.result?.bestAccuracy ?? null;
    return [
      reason === null ? '' : t.run.reason[reason],
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
