/** Makes questions of the mail, with progress and a way to stop. */
import type { JSX } from 'preact';
import { fieldText } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';

export function MakeRow({ hasQuestions }: { readonly hasQuestions: boolean }): JSX.Element {
  const { keeper, live, derived } = usePage();
  const making = useLive(({ mail }) => mail.making);
  const made = useLive(({ mail }) => mail.made);
  // The run's own, so that a link with a seed makes the same questions.
  const seed = useLive((state) => Number(fieldText(state.form, 'seed')));
  const words = t.mail.questions;
  return (
    <div class="button-row">
      {making === null ? (
        <button
          type="button"
          class={hasQuestions ? '' : 'primary'}
          disabled={derived.busy.value || live.importing || !Number.isSafeInteger(seed)}
          onClick={() => void keeper.make(seed)}
        >
          {hasQuestions ? words.makeAgain : words.make}
        </button>
      ) : (
        <button type="button" onClick={() => void keeper.stop()}>
          {t.mail.stopReading}
        </button>
      )}
      <span role="status" class="note">
        {making === 'begun' && words.indexing}
        {making !== null && making !== 'begun' && words.making(making)}
        {making === null && made !== null && words.made(made.made, made.kept)}
      </span>
    </div>
  );
}
