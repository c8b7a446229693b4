/** The questions about the mail: made, looked through, changed, written, downloaded. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { QuestionRow } from '../../env/mail/own/types';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { MakeRow } from './make';
import { OpenQuestionView } from './question-form';
import { QuestionTable } from './question-table';
import { SHOWS, shownRows, type Show } from './rows';

export function Questions({ rows }: { readonly rows: readonly QuestionRow[] }): JSX.Element {
  const { keeper } = usePage();
  const open = useLive(({ mail }) => mail.open);
  return (
    <section class="card mail-questions" aria-label={t.mail.questions.title}>
      <h3>{t.mail.questions.title}</h3>
      <p class="note">{t.mail.questions.lead}</p>
      <MakeRow hasQuestions={rows.length > 0} />
      <div class="button-row">
        <button type="button" class="quiet" onClick={() => void keeper.openQuestion(null)}>
          {t.mail.questions.write}
        </button>
        {rows.length > 0 && (
          <button type="button" class="quiet" onClick={() => void keeper.download()}>
            {t.mail.questions.download}
          </button>
        )}
      </div>
      <div class={`mail-desk${open === null ? '' : ' is-open'}`}>
        {rows.length > 0 && <Listed rows={rows} />}
        {open !== null && (
          <OpenQuestionView
            key={`${open.id ?? 'new'}`}
            row={rows.find(({ id }) => id === open.id) ?? null}
            mails={open.mails}
          />
        )}
      </div>
    </section>
  );
}

function Listed({ rows }: { readonly rows: readonly QuestionRow[] }): JSX.Element {
  const show = useSignal<Show>('all');
  const words = useSignal('');
  const at = useSignal(0);
  const shown = shownRows(rows, show.value, words.value, at.value);
  const turn = (by: number): void => {
    at.value = shown.page + by;
  };
  return (
    <div class="question-list">
      <div class="button-row">
        <select
          aria-label={t.mail.questions.show}
          value={show.value}
          onChange={({ currentTarget }) => {
            show.value = SHOWS.find((one) => one === currentTarget.value) ?? 'all';
            at.value = 0;
          }}
        >
          {SHOWS.map((one) => (
            <option key={one} value={one}>
              {t.mail.questions.shows[one]}
            </option>
          ))}
        </select>
        <input
          type="search"
          aria-label={t.mail.questions.filter}
          placeholder={t.mail.questions.filter}
          value={words}
          onInput={({ currentTarget }) => {
            words.value = currentTarget.value;
            at.value = 0;
          }}
        />
      </div>
      <QuestionTable rows={shown.rows} />
      <div class="button-row">
        <button type="button" class="quiet" disabled={shown.page === 0} onClick={() => turn(-1)}>
          {t.mail.questions.before}
        </button>
        <span class="note" role="status">
          {t.mail.questions.page(shown.page + 1, shown.pages, shown.matching)}
        </span>
        <button type="button" class="quiet" disabled={shown.page + 1 >= shown.pages} onClick={() => turn(1)}>
          {t.mail.questions.next}
        </button>
      </div>
    </div>
  );
}
