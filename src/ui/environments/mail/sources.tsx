/** The mails that an answer names as its sources. */
import type { ComponentChildren, JSX } from 'preact';
import type { AskAnswer } from '../../../../workers/api';
import type { MailSourceOfAnswer } from '../../../env/mail/evidence';
import { t } from '../../texts';

export function sources({ explained, answer }: AskAnswer): ComponentChildren {
  if (answer === null) return null;
  const named = explained['sources'] as readonly MailSourceOfAnswer[];
  if (named.length === 0) return <p class="note">{t.mail.noSource}</p>;
  return (
    <ul class="ask-sources">
      {named.map((source, i) => (
        <li key={i}>
          <Source {...source} />
        </li>
      ))}
    </ul>
  );
}

function Source({ id, email, isReference }: MailSourceOfAnswer): JSX.Element {
  if (email === null) {
    return (
      <p>
        {t.mail.source} <code>{id}</code>
        {t.mail.sourceMissing}
      </p>
    );
  }
  const day = email.date === null ? [] : [new Date(email.date).toISOString().slice(0, 10)];
  return (
    <details>
      <summary>
        {t.mail.source} <code>{id}</code> {t.mail.subject(email.subject)}
        {isReference && <span class="tag tag-good">{t.mail.holdsAnswer}</span>}
      </summary>
      <p class="ask-head">{[email.from, ...day].join(', ')}</p>
      <p class="ask-body">{email.body}</p>
    </details>
  );
}
