/** Which task is trained: an environment of the page, or a file of the user's, dropped or picked. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { environmentInfo, isKnown, knownEnvironments } from '../../env/registry';
import { formEnvironment, withEnvironment } from '../form-state';
import { usePage, useTelling } from '../page';
import { DropZone, FileButton } from '../parts/files';
import { t } from '../texts';
import { worded } from '../texts/help';

export function EnvironmentPicker(): JSX.Element {
  const { live, dispatch, now, derived } = usePage();
  const id = formEnvironment(live.form);
  const environments = knownEnvironments().map(({ name, info }) => ({ name, info: worded(info) }));
  const problem = derived.resolved.value.problems.get('environment');
  const examples: Readonly<Record<string, { readonly task: string; readonly answer: string } | undefined>> =
    t.setup.examples;
  const example = problem === undefined ? examples[id] : undefined;
  return (
    <div class="environment">
      <div class="preset">
        <label for="environment">{t.setup.task}</label>
        <select
          id="environment"
          aria-describedby="environment-note"
          value={id}
          disabled={derived.busy.value}
          onChange={({ currentTarget }) =>
            dispatch({ kind: 'form', form: withEnvironment(now().form, currentTarget.value) })
          }
        >
          {environments.map(({ name, info }) => (
            <option key={name} value={name}>
              {name === info.id ? info.title : t.setup.titleOfFile(info.title, name)}
            </option>
          ))}
          {/* A run of another program may have had another one; it stays visible beside its problem. */}
          {!isKnown(id) && (
            <option key={id} value={id}>
              {id}
            </option>
          )}
        </select>
        <p class="note" id="environment-note">
          {problem ?? worded(environmentInfo(id)).description}
        </p>
        {example !== undefined && <p class="note">{t.setup.example(example.task, example.answer)}</p>}
      </div>
      <FileZone />
    </div>
  );
}

function FileZone(): JSX.Element {
  const { runner, derived } = usePage();
  const status = useSignal('');
  const tell = useTelling('environment');
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    let said = '';
    status.value = t.setup.readingFile(file.name);
    try {
      // A folder looks like a file until it is read.
      if (await runner.addEnvironment(file.name, await file.text())) said = t.setup.fileAdded(file.name);
    } finally {
      status.value = said;
    }
  };
  return (
    <DropZone
      class="environment-zone"
      disabled={derived.busy.value}
      onDrop={(data) => tell(take(data.files[0]))}
    >
      <p>{t.setup.ownTask}</p>
      <div class="button-row">
        <FileButton
          id="environment-file"
          label={t.setup.chooseFile}
          accept=".ts,.js,.mjs"
          disabled={derived.busy.value}
          onFiles={([file]) => tell(take(file))}
        />
      </div>
      <p class="note">{t.setup.ownTaskNote}</p>
      <p role="status" class="note">
        {status}
      </p>
    </DropZone>
  );
}
