/** A search in all stored mail, and the mail that is opened from it. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { ShownMailView } from './shown-mail';

export function SearchPanel(): JSX.Element {
  const { keeper } = usePage();
  const words = useSignal('');
  const read = useLive(({ mail }) => mail.read);
  return (
    <section class="card mail-search" aria-label={t.mail.search.title}>
      <h3>{t.mail.search.title}</h3>
      <form
        class="button-row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void keeper.search(words.value);
        }}
      >
        <input
          type="search"
          aria-label={t.mail.search.words}
          value={words}
          onInput={({ currentTarget }) => (words.value = currentTarget.value)}
        />
        <button type="submit">{t.mail.search.go}</button>
      </form>
      <p class="note">{t.mail.search.note}</p>
      <Found />
      {read !== null && (
        <>
          <ShownMailView mail={read} />
          <UseForQuestion id={read.id} />
        </>
      )}
    </section>
  );
}

function Found(): JSX.Element {
  const { keeper } = usePage();
  const found = useLive(({ mail }) => mail.found);
  return (
    <div role="status">
      {found !== null && found.mails.length === 0 && <p class="note">{t.mail.search.nothing(found.words)}</p>}
      {found !== null && found.mails.length > 0 && (
        <ul class="ask-hits">
          {found.mails.map(({ id, from, date, subject, snippet }) => (
            <li key={id}>
              <button type="button" class="link" onClick={() => void keeper.read(id)}>
                {subject === '' ? t.mail.noSubject : subject}
              </button>{' '}
              <span class="note">{t.app.facts([from, ...(date === null ? [] : [date])])}</span>
              <br />
              {withBold(snippet)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** While a question is written, the mail that was found is offered as the one that answers it. */
function UseForQuestion({ id }: { readonly id: string }): JSX.Element | null {
  const { dispatch, now } = usePage();
  const open = useLive(({ mail }) => mail.open);
  if (open === null) return null;
  const choose = (): void => {
    const { read } = now().mail;
    if (read?.id === id) dispatch({ kind: 'mail', changes: { open: { ...open, mails: [read] } } });
  };
  return (
    <button type="button" onClick={choose}>
      {t.mail.search.use}
    </button>
  );
}

/** The search's own marks as bold text; everything else in a snippet is only text. */
export function withBold(snippet: string): ComponentChildren {
  return snippet.split(/(<b>.*?<\/b>)/).map((part, i) => {
    const match = /^<b>(.*)<\/b>$/.exec(part);
    return match ? <b key={i}>{match[1]}</b> : part;
  });
}
