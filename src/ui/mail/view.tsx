/** The visitor's own mail: what is stored, whose it is, a search, and the questions about it. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { withEdit, withEnvironment, formEnvironment } from '../form-state';
import { IMPORTED } from '../mail-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { OwnerPanel } from './owner';
import { Questions } from './questions';
import { SearchPanel } from './search';
import { StoredMail } from './stored';

export function OwnMailView(): JSX.Element {
  const info = useLive(({ mail }) => mail.info);
  return (
    <div class="own-mail-view">
      <h2>{t.app.view.mail}</h2>
      <p class="lead">{t.mail.lead}</p>
      {info === undefined && <p class="empty">{t.mail.looking}</p>}
      {info === null && <NothingYet />}
      {info && (
        <>
          <StoredMail info={info} />
          <OwnerPanel key={JSON.stringify(info.owner)} owner={info.owner} />
          <SearchPanel />
          <WithRows />
        </>
      )}
    </div>
  );
}

function NothingYet(): JSX.Element {
  const { dispatch, now } = usePage();
  const choose = (): void => {
    const { form } = now();
    const mail = formEnvironment(form) === 'mail' ? form : withEnvironment(form, 'mail');
    dispatch({ kind: 'form', form: withEdit(mail, 'dataset', IMPORTED) });
    // Once it is drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('mail-files')?.focus()));
  };
  return (
    <div class="empty">
      <p>{t.mail.nothingYet}</p>
      <button type="button" onClick={choose}>
        {t.mail.useOwn}
      </button>
    </div>
  );
}

/** The questions, which are read when they are first looked at. */
function WithRows(): JSX.Element {
  const { keeper } = usePage();
  const rows = useLive(({ mail }) => mail.rows);
  useEffect(() => {
    if (rows === null) void keeper.open();
  }, [rows === null]);
  return rows === null ? <p class="empty">{t.ask.readingQuestions}</p> : <Questions rows={rows} />;
}
