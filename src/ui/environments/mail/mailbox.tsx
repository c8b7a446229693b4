/** Which mail the run uses: the built-in mailbox or files of the visitor, which stay in the browser. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ImportStatus } from '../../../../workers/api';
import type { AddMode } from '../../../env/mail/own/types';
import { schemaOf } from '../../../env/settings';
import { settingInfo } from '../../../settings/schema';
import { fieldText, withEdit } from '../../form-state';
import { IMPORTED } from '../../mail-state';
import { useLive, usePage, useTelling } from '../../page';
import { chosenFiles, droppedFiles, type PickedFile } from '../../parts/dropped-files';
import { DropZone, FileButton } from '../../parts/files';
import { Segmented } from '../../parts/segmented';
import { t } from '../../texts';
import { ImportReportView } from './import-report';

const ENVIRONMENT = 'mail';

export function Mailbox(): JSX.Element {
  const { dispatch, now, derived } = usePage();
  const dataset = useLive((state) => fieldText(state.form, 'dataset'));
  const builtIn = String(settingInfo(schemaOf(ENVIRONMENT), 'dataset').default);
  const isOther = dataset !== IMPORTED && dataset !== builtIn;
  const radio = (value: string, text: string, checked: boolean): JSX.Element => (
    <label class="radio">
      <input
        type="radio"
        name="mail"
        value={value}
        checked={checked}
        disabled={derived.busy.value}
        onChange={() => dispatch({ kind: 'form', form: withEdit(now().form, 'dataset', value) })}
      />
      <span>{text}</span>
    </label>
  );
  return (
    <fieldset class="mail">
      <legend>{t.mail.legend}</legend>
      {radio(builtIn, isOther ? t.mail.otherDataset(dataset) : t.mail.builtIn, dataset !== IMPORTED)}
      {radio(IMPORTED, t.mail.own, dataset === IMPORTED)}
      {dataset === IMPORTED && <OwnMail />}
    </fieldset>
  );
}

function ImportProgress({ status }: { readonly status: ImportStatus | null }): JSX.Element {
  const { keeper } = usePage();
  return (
    <p>
      {t.mail.reading}{' '}
      {status !== null &&
        t.mail.readSoFar(status.bytes / Math.max(1, status.totalBytes), status.found, status.rejected)}{' '}
      <button type="button" onClick={() => void keeper.stop()}>
        {t.mail.stopReading}
      </button>
    </p>
  );
}

function OwnMail(): JSX.Element {
  const { live, keeper, derived, dispatch } = usePage();
  const info = useLive(({ mail }) => mail.info);
  const how = useSignal<AddMode>('add');
  const tell = useTelling('import');
  // A run reads this mail, and an import under another would write the same folder.
  const disabled = derived.busy.value || live.importing || live.mail.making !== null;
  const take = async (picked: readonly PickedFile[]): Promise<void> => {
    if (picked.length === 0) return;
    // Handles, not bytes: an archive may be larger than any memory.
    const files = picked.map(({ path, file }) => ({ path, bytes: file }));
    await keeper.add(files, how.value);
  };
  const chosen = (files: readonly File[]): void => tell(take(chosenFiles(files)));
  const buttons = { multiple: true, disabled, onFiles: chosen };
  return (
    <div class="own-mail">
      <DropZone disabled={disabled} onDrop={(data) => tell(droppedFiles(data).then(take))}>
        <p>{t.mail.drop}</p>
        <div class="button-row">
          <FileButton id="mail-files" label={t.mail.chooseFiles} {...buttons} />
          <FileButton id="mail-folder" label={t.mail.chooseFolder} folder {...buttons} />
        </div>
        <p class="note">{t.mail.formats}</p>
      </DropZone>
      {info && (
        <Segmented
          legend={t.mail.newFiles}
          name="mail-how"
          options={[
            ['add', t.mail.how.add],
            ['replace', t.mail.how.replace],
          ]}
          value={how.value}
          onChoose={(value) => (how.value = value)}
        />
      )}
      <div class="import-report" role="status">
        {live.importing ? (
          <ImportProgress status={live.importStatus} />
        ) : (
          <ImportReportView report={live.imported} />
        )}
      </div>
      {info && !live.importing && (
        <p>
          {t.mail.storedNow(info.mails)}{' '}
          <button type="button" class="link" onClick={() => dispatch({ kind: 'view', view: 'mail' })}>
            {t.mail.lookAtIt}
          </button>
        </p>
      )}
    </div>
  );
}
