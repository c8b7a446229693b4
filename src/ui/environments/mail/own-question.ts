/** Whose mail is searched, and what day it is: what a question in own words needs beside its words. */
import type { MailMenu } from '../../../env/mail/tasks';
import { el } from '../../dom';
import type { OwnTaskForm } from '../types';

export function createOwnQuestion({ inboxes }: MailMenu, onChange: () => void): OwnTaskForm {
  const inbox = el(
    'select',
    { id: 'ask-inbox', on: { change: () => inboxChanged() } },
    ...inboxes.map((one) => el('option', { value: one.inbox }, one.inbox)),
  );
  const today = el('input', { type: 'date', id: 'ask-today', on: { input: onChange } });
  const todayField = el('div', { class: 'ask-field' }, el('label', { for: 'ask-today' }, 'Today is'), today);
  const takeDay = (): void => {
    today.value = inboxes.find((one) => one.inbox === inbox.value)?.queryDate ?? today.value;
  };
  const inboxChanged = (): void => {
    takeDay();
    onChange();
  };
  takeDay();
  return {
    nodes: [
      el('div', { class: 'ask-field' }, el('label', { for: 'ask-inbox' }, 'Inbox to search'), inbox),
      todayField,
    ],
    follow: ({ info }) => {
      inbox.value = String(info['inbox']);
      takeDay();
    },
    fits: ({ info }) => info['inbox'] === inbox.value,
    setOwn: (isOwn) => (todayField.hidden = !isOwn),
    obstacle: (isOwn) => {
      if (inbox.value === '') return 'Choose an inbox.';
      return isOwn && today.value === '' ? 'Choose what day it is.' : null;
    },
    input: (text) => ({ text, inbox: inbox.value, queryDate: today.value }),
    place: () => `In the mail of ${inbox.value}`,
    enable: (enabled) => [inbox, today].forEach((field) => (field.disabled = !enabled)),
  };
}
