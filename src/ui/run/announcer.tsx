/** What a screen reader says of a run: where it is, every 20 seconds at most, and its end at once. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { usePage } from '../page';
import { isActive } from '../state';
import { t } from '../texts';
import { detailText, statusText } from './run-words';

/** Milliseconds between two announcements of a run that goes on. */
const PAUSE = 20_000;

export function Announcer(): JSX.Element {
  const { live, now } = usePage();
  const { status } = live.run;
  const said = useSignal('');
  useEffect(() => {
    const say = (): void => {
      const { run, records } = now();
      const record = records.find(({ id }) => id === run.recordId);
      const step = record?.steps.at(-1)?.step ?? 0;
      const where = isActive(run.status)
        ? t.run.stepOf(step, run.maxSteps)
        : detailText(run, record?.evaluations ?? []);
      said.value = run.status === 'idle' ? '' : `${statusText(run)}. ${where}`;
    };
    say();
    if (!isActive(status)) return;
    const timer = setInterval(say, PAUSE);
    return () => clearInterval(timer);
  }, [status]);
  return (
    <p class="visually-hidden" role="status" data-testid="announcer">
      {said}
    </p>
  );
}
