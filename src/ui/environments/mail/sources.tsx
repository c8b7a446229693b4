/** The mails that an answer rests on, with its words marked; or, in plain words, that nothing was found. */
import type { ComponentChildren, JSX } from 'preact';
import type { AskAnswer } from '../../../../workers/api';
import type { MailSourceOfAnswer } from '../../../env/mail/evidence';
import { ShownMailView } from '../../mail/shown-mail';
import { t } from '../../texts';

export function sources({ explained, answer }: AskAnswer): ComponentChildren {
  const named = explained['sources'] as readonly MailSourceOfAnswer[];
  const foundNothing = answer === null || explained['foundNothing'] === true;
  return (
    <>
      {foundNothing && <p class="ask-nothing">{t.mail.foundNothing}</p>}
      {!foundNothing && named.length === 0 && <p class="note">{t.mail.noSource}</p>}
      {named.length > 0 && (
        <ul class="ask-sources">
          {named.map((source, i) => (
            <li key={i}>
              <Source {...source} isOpen={i === 0} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Source({
  id,
  email,
  isReference,
  isOpen,
}: MailSourceOfAnswer & { readonly isOpen: boolean }): JSX.Element {
  if (email === null) {
    return (
      <p>
        {t.mail.source} <code>{id}</code>
        {t.mail.sourceMissing}
      </p>
    );
  }
  return (
    <details open={isOpen}>
      <summary>
        {t.mail.source} <code>{id}</code> {t.mail.subject(email.subject)}
        {isReference && <span class="tag tag-good">{t.mail.holdsAnswer}</span>}
      </summary>
      {email.marks.length === 0 && <p class="note">{t.mail.wordsMissing}</p>}
      <ShownMailView mail={email} />
    </details>
  );
}
