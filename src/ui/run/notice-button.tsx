/** Offers a notification at the end of the run, while there is one and nobody has answered yet. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { notices } from './awake';

export function NoticeButton(): JSX.Element | null {
  const { derived } = usePage();
  const answered = useSignal(false);
  const offered = notices();
  if (!derived.busy.value || answered.value || offered?.permission !== 'default') return null;
  const ask = (): void => {
    void offered.ask().finally(() => (answered.value = true));
  };
  return (
    <button type="button" class="quiet" onClick={ask}>
      {t.run.tellMe}
    </button>
  );
}
