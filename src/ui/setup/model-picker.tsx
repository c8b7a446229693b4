/** Which model is trained: the built-in one, or files of the visitor's own, dropped or chosen. */
import type { JSX } from 'preact';
import type { GivenModel } from '../../../workers/api';
import { bytes, integer, list } from '../format';
import { GIVEN_MODEL } from '../../settings/choices';
import { fieldText, withEdit } from '../form-state';
import { useLive, usePage, useTelling } from '../page';
import { chosenFiles, droppedFiles, type PickedFile } from '../parts/dropped-files';
import { DropZone, FileButton } from '../parts/files';
import { t } from '../texts';
import { ModelList } from './model-list';
import { missingModel } from './obstacle';

/** More files than any model has; a whole disk is no model. */
const MOST_FILES = 2000;

export function ModelPicker(): JSX.Element {
  const { live, runner, derived, dispatch, now } = usePage();
  const model = useLive((state) => fieldText(state.form, 'model').trim());
  const gone = useLive(missingModel);
  const { models, openingModel } = live;
  const facts = models.find((one) => one.model === model);
  const disabled = derived.busy.value || openingModel !== null;
  const tell = useTelling('model');
  const take = (files: readonly PickedFile[]): void => {
    if (files.length > 0) void runner.openModel(files.map(({ path, file }) => ({ path, content: file })));
  };
  const name = model.startsWith(GIVEN_MODEL) ? model.slice(GIVEN_MODEL.length) : model;
  const isBuiltIn = model === fieldText({ preset: live.form.preset, edits: {} }, 'model');
  return (
    <div class="model">
      <p class="model-name">
        <b>{t.setup.model}</b> <span>{name}</span>
      </p>
      <DropZone
        class="model-zone"
        disabled={disabled}
        onDrop={(data) => tell(droppedFiles(data, MOST_FILES).then(take))}
      >
        <p class="note">{t.setup.ownModel}</p>
        <div class="button-row">
          <FileButton
            id="model-file"
            label={t.setup.chooseGguf}
            accept=".gguf"
            disabled={disabled}
            onFiles={(files) => take(chosenFiles(files))}
          />
          <FileButton
            id="model-folder"
            label={t.setup.chooseFolder}
            folder
            disabled={disabled}
            onFiles={(files) => take(chosenFiles(files))}
          />
          {!isBuiltIn && (
            <button
              type="button"
              class="quiet"
              disabled={disabled}
              onClick={() =>
                dispatch({
                  kind: 'form',
                  form: withEdit(now().form, 'model', fieldText({ preset: 'default', edits: {} }, 'model')),
                })
              }
            >
              {t.setup.builtInModel}
            </button>
          )}
        </div>
        <p role="status" class="note">
          {openingModel !== null
            ? t.setup.openingModel(openingModel)
            : gone !== null
              ? t.setup.modelGone(gone)
              : t.setup.ownModelNote}
        </p>
      </DropZone>
      <ModelList />
      {facts !== undefined && <Facts facts={facts} />}
    </div>
  );
}

function Facts({ facts }: { readonly facts: GivenModel }): JSX.Element {
  const { family, layers, parameters, maxPositions, vocabSize, storedAs, forms, preferred } = facts;
  const rows = [
    [t.setup.fact.size, t.setup.sizeOf(bytes(facts.bytes), facts.files)],
    [t.setup.fact.family, t.setup.familyOf({ family, layers, parameters: integer(parameters) })],
    [t.setup.fact.context, t.setup.contextOf(integer(maxPositions), integer(vocabSize))],
    [t.setup.fact.stored, list(storedAs)],
    [
      t.setup.fact.gpu,
      list(forms.map(({ form, bytes: size }) => t.setup.formOf(form, bytes(size), form === preferred))),
    ],
  ] as const;
  return (
    <section class="model-facts" aria-label={t.setup.modelFacts(facts.model)}>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {facts.notices.map((notice) => (
        <p key={notice} class="note">
          {notice}
        </p>
      ))}
    </section>
  );
}
