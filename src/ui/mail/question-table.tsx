/** One page of the questions, each with what can be done with it. */
import type { JSX } from 'preact';
import type { QuestionRow } from '../../env/mail/own/types';
import { useLive, usePage } from '../page';
import { t } from '../texts';

export function QuestionTable({ rows }: { readonly rows: readonly QuestionRow[] }): JSX.Element {
  const words = t.mail.questions;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={words.table}>
      <table class="left question-table">
        <thead>
          <tr>
            <th scope="col">{words.column.question}</th>
            <th scope="col">{words.column.answer}</th>
            <th scope="col">{words.column.kind}</th>
            <th scope="col">{words.column.level}</th>
            <th scope="col">{words.column.split}</th>
            <th scope="col">{words.column.actions}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { readonly row: QuestionRow }): JSX.Element {
  const { keeper, derived, live } = usePage();
  const isOpen = useLive(({ mail }) => mail.open?.id === row.id);
  const words = t.mail.questions;
  const disabled = derived.busy.value || live.mail.making !== null;
  return (
    <tr class={isOpen ? 'is-open' : ''}>
      <td>
        <button
          type="button"
          class="link"
          aria-current={isOpen ? 'true' : undefined}
          onClick={() => void keeper.openQuestion(row.id)}
        >
          {row.question}
        </button>{' '}
        {row.isEdited && <span class="tag">{words.edited}</span>}
        {row.origin !== 'made' && <span class="tag">{words.origin[row.origin]}</span>}
      </td>
      <td>{row.answer}</td>
      <td>{row.kind}</td>
      <td>{row.level}</td>
      <td>{words.shows[row.split]}</td>
      <td>
        <span class="row-actions">
          {row.isAccepted ? (
            <span class="tag tag-good">{words.accepted}</span>
          ) : (
            <button
              type="button"
              class="quiet"
              disabled={disabled}
              aria-label={words.acceptOne(row.question)}
              onClick={() => void keeper.accept([row.id])}
            >
              {words.accept}
            </button>
          )}
          <button
            type="button"
            class="quiet"
            disabled={disabled}
            aria-label={words.deleteOne(row.question)}
            onClick={() => void keeper.remove([row.id])}
          >
            {t.storage.delete}
          </button>
        </span>
      </td>
    </tr>
  );
}
