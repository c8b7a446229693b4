/** The mails that an answer names as its sources. */
import type { AskAnswer } from '../../../../workers/api';
import type { MailSourceOfAnswer } from '../../../env/mail/evidence';
import { el } from '../../dom';

export function sourcesNode({ explained, answer }: AskAnswer): HTMLElement | null {
  if (answer === null) return null;
  const sources = explained['sources'] as readonly MailSourceOfAnswer[];
  if (sources.length === 0) return el('p', { class: 'note' }, 'It named no mail as its source.');
  return el('ul', { class: 'ask-sources' }, ...sources.map((source) => el('li', {}, sourceNode(source))));
}

function sourceNode({ id, email, isReference }: MailSourceOfAnswer): HTMLElement {
  if (email === null) {
    return el('p', {}, 'Source ', el('code', {}, id), ', a mail that does not exist.');
  }
  const day = email.date === null ? '' : `, ${new Date(email.date).toISOString().slice(0, 10)}`;
  return el(
    'details',
    {},
    el(
      'summary',
      {},
      'Source ',
      el('code', {}, id),
      ` “${email.subject}”`,
      isReference && el('span', { class: 'tag tag-good' }, 'holds the answer'),
    ),
    el('p', { class: 'ask-head' }, `${email.from}${day}`),
    el('p', { class: 'ask-body' }, email.body),
  );
}
