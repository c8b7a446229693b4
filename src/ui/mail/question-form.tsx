/** A question beside the mail that answers it: changed, accepted, or written anew. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { QuestionRow, ShownMail } from '../../env/mail/own/types';
import { usePage } from '../page';
import { t } from '../texts';
import { SPLITS } from './rows';
import { ShownMailView } from './shown-mail';

interface Props {
  /** Null for a question that is being written. */
  readonly row: QuestionRow | null;
  readonly mails: readonly ShownMail[];
}

export function OpenQuestionView({ row, mails }: Props): JSX.Element {
  const words = t.mail.questions;
  const panel = useRef<HTMLDivElement>(null);
  // Each opened question has a panel of its own; on narrow screens it lies above the list.
  useEffect(() => panel.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div
      class="open-question"
      ref={panel}
      role="group"
      aria-label={row === null ? words.writing : words.open}
    >
      <QuestionForm row={row} mails={mails} />
      {row !== null && <p class="note">{words.facts(row.kind, row.level)}</p>}
      {row !== null && row.paraphrases.length > 0 && <p class="note">{words.paraphrases(row.paraphrases)}</p>}
      {mails.length === 0 && <p class="note">{row === null ? words.findMail : words.noMail}</p>}
      {mails.map((mail) => (
        <ShownMailView key={mail.id} mail={mail} />
      ))}
    </div>
  );
}

function QuestionForm({ row, mails }: Props): JSX.Element {
  const { keeper, derived, live } = usePage();
  const words = t.mail.questions;
  const question = useSignal(row?.question ?? '');
  const answer = useSignal(row?.answer ?? '');
  const split = useSignal(row?.split ?? 'train');
  const disabled = derived.busy.value || live.mail.making !== null;
  const [mail] = mails;
  const isOtherMail = mail !== undefined && row?.emailIds.includes(mail.id) !== true;
  const save = (): void => {
    void keeper.save({
      id: row?.id ?? null,
      question: question.value,
      answer: answer.value,
      split: split.value,
      ...(isOtherMail ? { emailId: mail.id } : {}),
    });
  };
  return (
    <form
      class="ask-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div class="ask-field">
        <label for="own-question">{words.column.question}</label>
        <textarea
          id="own-question"
          rows={3}
          value={question}
          onInput={({ currentTarget }) => (question.value = currentTarget.value)}
        />
      </div>
      <div class="ask-fields">
        <div class="ask-field">
          <label for="own-answer">{words.column.answer}</label>
          <input
            id="own-answer"
            value={answer}
            onInput={({ currentTarget }) => (answer.value = currentTarget.value)}
          />
          <span class="note">{words.answerNote}</span>
        </div>
        <div class="ask-field">
          <label for="own-split">{words.column.split}</label>
          <select
            id="own-split"
            value={split.value}
            onChange={({ currentTarget }) =>
              (split.value = SPLITS.find((one) => one === currentTarget.value) ?? 'train')
            }
          >
            {SPLITS.map((one) => (
              <option key={one} value={one}>
                {words.shows[one]}
              </option>
            ))}
          </select>
          <span class="note">{words.splitNote}</span>
        </div>
      </div>
      <div class="button-row">
        <button type="submit" class="primary" disabled={disabled}>
          {row === null ? words.keep : words.save}
        </button>
        <button type="button" class="quiet" onClick={() => keeper.closeQuestion()}>
          {t.app.close}
        </button>
      </div>
    </form>
  );
}
