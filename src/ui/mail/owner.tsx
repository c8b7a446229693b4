/** Whose mailbox it is, why that is thought, and the way to say it better. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { MailboxOwner } from '../../env/mail/own/types';
import { list } from '../format';
import { usePage } from '../page';
import { t } from '../texts';

type Address = MailboxOwner['others'][number];

export function OwnerPanel({ owner }: { readonly owner: MailboxOwner }): JSX.Element {
  const { keeper, live, derived } = usePage();
  const ticked = useSignal<readonly string[]>(owner.addresses.map(({ address }) => address));
  const added = useSignal('');
  const disabled = derived.busy.value || live.importing || live.mail.making !== null;
  const changed =
    added.value.trim() !== '' ||
    ticked.value.length !== owner.addresses.length ||
    owner.addresses.some(({ address }) => !ticked.value.includes(address));
  const save = (): void => {
    const more = added.value.trim() === '' ? [] : [added.value];
    void keeper.setOwner([...ticked.value, ...more]);
  };
  const row = (address: Address): JSX.Element => (
    <OwnerRow
      key={address.address}
      address={address}
      isTicked={ticked.value.includes(address.address)}
      disabled={disabled}
      onTick={(on) => {
        const others = ticked.value.filter((one) => one !== address.address);
        ticked.value = on ? [...others, address.address] : others;
      }}
    />
  );
  return (
    <section class="card" aria-label={t.mail.whose.title}>
      <h3>{t.mail.whose.title}</h3>
      <p>
        {owner.addresses.length === 0
          ? t.mail.whose.nobody
          : t.mail.owner(list(owner.addresses.map(({ address }) => address)), owner.isSure)}{' '}
        {owner.isTold && t.mail.whose.told}
      </p>
      <p class="note">{t.mail.whose.why}</p>
      <details open={!owner.isSure}>
        <summary>{t.mail.whose.correct}</summary>
        <ul class="owner-list">{[...owner.addresses, ...owner.others].map(row)}</ul>
        <div class="ask-field">
          <label for="owner-address">{t.mail.whose.add}</label>
          <input
            type="email"
            id="owner-address"
            value={added}
            disabled={disabled}
            onInput={({ currentTarget }) => (added.value = currentTarget.value)}
          />
        </div>
        <div class="button-row">
          <button type="button" disabled={disabled || !changed} onClick={save}>
            {t.mail.whose.save}
          </button>
          {owner.isTold && (
            <button
              type="button"
              class="quiet"
              disabled={disabled}
              onClick={() => void keeper.setOwner(null)}
            >
              {t.mail.whose.forget}
            </button>
          )}
        </div>
      </details>
    </section>
  );
}

function OwnerRow(props: {
  readonly address: Address;
  readonly isTicked: boolean;
  readonly disabled: boolean;
  readonly onTick: (on: boolean) => void;
}): JSX.Element {
  const { address, isTicked, disabled, onTick } = props;
  return (
    <li>
      <label class="check">
        <input
          type="checkbox"
          checked={isTicked}
          disabled={disabled}
          onChange={({ currentTarget }) => onTick(currentTarget.checked)}
        />
        <span>
          <b>{address.address}</b> {address.name}
          <span class="note"> {t.mail.whose.evidence(address)}</span>
        </span>
      </label>
    </li>
  );
}
