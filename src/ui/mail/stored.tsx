/** What is stored of the visitor's mail, how large it is, and the way to delete it with all that came of it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { MailboxInfo } from '../../env/mail/own/types';
import { bytes } from '../format';
import { runsOnOwnMail } from '../mail-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';

export function StoredMail({ info }: { readonly info: MailboxInfo }): JSX.Element {
  const persisted = useLive(({ mail }) => mail.persisted);
  const { train, validation, test } = info.questions;
  return (
    <section class="card" aria-label={t.mail.stored.title}>
      <h3>{t.mail.stored.title}</h3>
      <p>
        {t.mail.stored.facts(info.mails, bytes(info.bytes), info.days)}{' '}
        {t.mail.stored.questions(train + validation + test)}
      </p>
      <p class="note">
        {t.mail.stored.where} {persisted === null ? '' : t.mail.stored.persisted(persisted)}
      </p>
      <Delete />
    </section>
  );
}

/** Asks once more in its own place, and says which runs were trained on this mail. */
function Delete(): JSX.Element {
  const { live, keeper, derived } = usePage();
  const asks = useSignal(false);
  const runsToo = useSignal(false);
  const runs = runsOnOwnMail(live.records);
  if (!asks.value) {
    return (
      <button
        type="button"
        class="quiet"
        disabled={derived.busy.value || live.importing || live.mail.making !== null}
        onClick={() => (asks.value = true)}
      >
        {t.mail.stored.delete}
      </button>
    );
  }
  return (
    <div class="mail-delete" role="group" aria-label={t.mail.stored.delete}>
      <p>{t.mail.stored.deleteAll}</p>
      {runs.length > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={runsToo.value}
            onChange={({ currentTarget }) => (runsToo.value = currentTarget.checked)}
          />
          <span>{t.mail.stored.runsToo(runs)}</span>
        </label>
      )}
      <div class="button-row">
        <button
          type="button"
          onClick={() => {
            asks.value = false;
            void keeper.clear(runsToo.value);
          }}
        >
          {t.mail.stored.deleteNow}
        </button>
        <button type="button" class="quiet" onClick={() => (asks.value = false)}>
          {t.storage.keep}
        </button>
      </div>
    </div>
  );
}
