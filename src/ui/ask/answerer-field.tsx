/** Who answers in the Ask view: the bare model, a run's adapter, or one that the visitor gives. */
import type { JSX } from 'preact';
import { readAdapterFiles } from '../adapter-files';
import { answererKey, answererOptions, BARE, UPLOAD } from '../answerers';
import { useLive, usePage } from '../page';
import { FileButton } from '../parts/files';
import { explain } from '../problems';
import { t } from '../texts';
import { chosenAnswerer, knownOf, modelName } from './draft';

export function AnswererField(): JSX.Element {
  const { derived, dispatch } = usePage();
  const busy = useLive(({ ask }) => ask.busy);
  const draft = useLive(({ ask }) => ask.draft);
  const options = useLive((state) => answererOptions(derived.stored.value ?? [], modelName(state)));
  const chosen = useLive((state) => chosenAnswerer(state, knownOf(derived)));
  return (
    <div class="ask-field">
      <label for="ask-answerer">{t.ask.answeredBy}</label>
      <select
        id="ask-answerer"
        value={chosen}
        disabled={busy}
        onChange={({ currentTarget }) =>
          dispatch({ kind: 'ask-draft', changes: { answerer: currentTarget.value } })
        }
      >
        {options.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
        <option value={UPLOAD}>
          {draft.uploaded === null ? t.ask.upload : t.ask.uploaded(draft.uploaded.name)}
        </option>
      </select>
      <label class="radio ask-beside" hidden={chosen === answererKey(BARE)}>
        <input
          type="checkbox"
          id="ask-beside"
          checked={draft.beside}
          disabled={busy}
          onChange={({ currentTarget }) =>
            dispatch({ kind: 'ask-draft', changes: { beside: currentTarget.checked } })
          }
        />
        <span>{t.ask.beside}</span>
      </label>
    </div>
  );
}

/** For the files of an adapter, below the other fields. */
export function UploadRow(): JSX.Element {
  const { derived, dispatch } = usePage();
  const busy = useLive(({ ask }) => ask.busy);
  const chosen = useLive((state) => chosenAnswerer(state, knownOf(derived)));
  const take = (files: readonly File[]): void => {
    readAdapterFiles(files).then(
      (uploaded) => dispatch({ kind: 'ask-draft', changes: { uploaded } }),
      (error: unknown) => dispatch({ kind: 'problem', problem: explain(error, 'ask') }),
    );
  };
  return (
    <div class="button-row ask-upload" hidden={chosen !== UPLOAD}>
      <FileButton id="ask-upload" label={t.ask.chooseAdapter} multiple disabled={busy} onFiles={take} />
      <span class="note">{t.ask.adapterNote}</span>
    </div>
  );
}
