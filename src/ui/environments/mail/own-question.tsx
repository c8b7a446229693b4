/** Whose mail is searched, and what day it is: what a question in own words needs beside its words. */
import type { JSX } from 'preact';
import type { AskMenu } from '../../../../workers/api';
import type { MailMenu } from '../../../env/mail/tasks';
import { fieldText } from '../../form-state';
import { IMPORTED } from '../../mail-state';
import { useLive } from '../../page';
import { t } from '../../texts';
import { readsOwnMail } from './obstacle';
import type { OwnFieldsProps, OwnTask, OwnValues } from '../types';

const inboxesOf = ({ own }: AskMenu): MailMenu['inboxes'] => (own as unknown as MailMenu).inboxes;

/** An inbox and the day on which its mail ends. */
function withInbox(menu: AskMenu, inbox: string, before: OwnValues = {}): OwnValues {
  const day = inboxesOf(menu).find((one) => one.inbox === inbox)?.queryDate;
  return { inbox, queryDate: day ?? before['queryDate'] ?? '' };
}

export const ownQuestion: OwnTask = {
  start: (menu) => withInbox(menu, inboxesOf(menu)[0]?.inbox ?? ''),
  follow: ({ info }, values, menu) => withInbox(menu, String(info['inbox']), values),
  fits: ({ info }, values) => info['inbox'] === values['inbox'],
  obstacle: ({ inbox, queryDate }, isOwn) => {
    if (!inbox) return t.mail.chooseInbox;
    return isOwn && !queryDate ? t.mail.chooseDay : null;
  },
  input: (text, { inbox = '', queryDate = '' }) => ({ text, inbox, queryDate }),
  place: ({ inbox = '' }) => t.mail.inMailOf(inbox),
  Fields,
};

function Fields({ menu, values, isOwn, disabled, onChange }: OwnFieldsProps): JSX.Element {
  const cannotRead = useLive(
    (state) => fieldText(state.form, 'dataset') === IMPORTED && !readsOwnMail(state),
  );
  return (
    <>
      {cannotRead && <p class="note">{t.mail.builtInAsked}</p>}
      <div class="ask-field">
        <label for="ask-inbox">{t.mail.inbox}</label>
        <select
          id="ask-inbox"
          value={values['inbox'] ?? ''}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange(withInbox(menu, currentTarget.value, values))}
        >
          {inboxesOf(menu).map(({ inbox }) => (
            <option key={inbox} value={inbox}>
              {inbox}
            </option>
          ))}
        </select>
      </div>
      <div class="ask-field" hidden={!isOwn}>
        <label for="ask-today">{t.mail.today}</label>
        <input
          type="date"
          id="ask-today"
          value={values['queryDate'] ?? ''}
          disabled={disabled}
          onInput={({ currentTarget }) => onChange({ ...values, queryDate: currentTarget.value })}
        />
      </div>
    </>
  );
}
