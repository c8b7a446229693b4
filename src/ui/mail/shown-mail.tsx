/** A mail with the words marked that an answer rests on. */
import type { ComponentChildren, JSX } from 'preact';
import type { ShownMail, ShownMark } from '../../env/mail/own/types';
import { t } from '../texts';
import { piecesOf } from './marked';

export function ShownMailView({ mail }: { readonly mail: ShownMail }): JSX.Element {
  const { from, to, date, subject, body } = mail;
  const [first, ...others] = to;
  const marked = (field: ShownMark['field'], text: string): ComponentChildren =>
    piecesOf(
      text,
      mail.marks.filter((mark) => mark.field === field),
    ).map((piece, i) => (piece.isMarked ? <mark key={i}>{piece.text}</mark> : piece.text));
  return (
    <article class="shown-mail" aria-label={t.mail.mailOf(subject)}>
      <h4>{subject === '' ? t.mail.noSubject : marked('subject', subject)}</h4>
      <dl>
        <div>
          <dt>{t.mail.head.from}</dt>
          <dd>{marked('from', from)}</dd>
        </div>
        {first !== undefined && (
          <div>
            <dt>{t.mail.head.to}</dt>
            <dd>
              {marked('to', first)}
              {others.length > 0 && `, ${others.join(', ')}`}
            </dd>
          </div>
        )}
        {date !== null && (
          <div>
            <dt>{t.mail.head.date}</dt>
            <dd>{marked('date', date)}</dd>
          </div>
        )}
      </dl>
      <p class="shown-body" tabIndex={0}>
        {marked('body', body)}
      </p>
    </article>
  );
}
