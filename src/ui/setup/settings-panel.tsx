/** All settings, folded; with their way back to the preset and into a link. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EMPTY_FORM, formEnvironment, formToHash, withEnvironment, type FormState } from '../form-state';
import { usePage } from '../page';
import { t } from '../texts';
import { Fields, isElsewhere } from './fields';
import { FIND_ALL } from './settings-find';

export function SettingsPanel(): JSX.Element {
  const { live, derived, dispatch, now } = usePage();
  const { form } = live;
  const { problems } = derived.resolved.value;
  const environment = formEnvironment(form);
  const here = (keys: Iterable<string>): number =>
    [...keys].filter((key) => !isElsewhere(key, environment)).length;
  const changed = here(Object.keys(form.edits));
  const isWrong = here(problems.keys()) > 0;
  const find = useSignal(FIND_ALL);
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    // A wrong value that came with the link must not hide in a closed panel.
    if (isWrong && details.current !== null) details.current.open = true;
  }, [isWrong]);
  return (
    <details class="settings" ref={details}>
      <summary>
        {t.setup.allSettings}{' '}
        <span class="tag" hidden={changed === 0}>
          {t.setup.changed(changed)}
        </span>
      </summary>
      {problems.has('') && <p class="field-error">{problems.get('')}</p>}
      <div class="settings-find" role="search" aria-label={t.setup.findSetting}>
        <input
          type="search"
          aria-label={t.setup.findSetting}
          placeholder={t.setup.findSetting}
          value={find.value.words}
          onInput={({ currentTarget }) => (find.value = { ...find.value, words: currentTarget.value })}
        />
        <label>
          <input
            type="checkbox"
            checked={find.value.changed}
            onChange={({ currentTarget }) => (find.value = { ...find.value, changed: currentTarget.checked })}
          />{' '}
          {t.setup.onlyChanged}
        </label>
      </div>
      <Fields find={find.value} />
      <div class="button-row">
        <button
          type="button"
          class="quiet"
          onClick={() => dispatch({ kind: 'form', form: untouched(now().form) })}
        >
          {t.setup.reset}
        </button>
        <CopyLink />
      </div>
    </details>
  );
}

/** The preset's own values in the same environment. */
function untouched(form: FormState): FormState {
  return { ...withEnvironment(EMPTY_FORM, formEnvironment(form)), preset: form.preset };
}

function CopyLink(): JSX.Element {
  const { now } = usePage();
  const outcome = useSignal<'copied' | 'notCopied' | null>(null);
  const copy = (): void => {
    const hash = formToHash(now().form);
    const link = `${location.origin}${location.pathname}${hash === '' ? '' : `#${hash}`}`;
    navigator.clipboard.writeText(link).then(
      () => (outcome.value = 'copied'),
      () => (outcome.value = 'notCopied'),
    );
  };
  return (
    <>
      <button type="button" class="quiet" onClick={copy}>
        {t.setup.copyLink}
      </button>
      <span role="status" class="note">
        {outcome.value === null ? '' : t.setup[outcome.value]}
      </span>
    </>
  );
}
