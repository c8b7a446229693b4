/** Models to choose from, and a field for any other of the hub or of an address. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { bytes, integer } from '../format';
import { withEdit } from '../form-state';
import { usePage } from '../page';
import { t } from '../texts';
import { KNOWN_MODELS, leastWeightBytes, modelNamed } from './known-models';

export function ModelList(): JSX.Element {
  const { derived, dispatch, now } = usePage();
  const typed = useSignal('');
  const named = modelNamed(typed.value);
  const choose = (model: string): void =>
    dispatch({ kind: 'form', form: withEdit(now().form, 'model', model) });
  return (
    <details class="model-list">
      <summary>{t.models.title}</summary>
      <p class="note">{t.models.note}</p>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={t.models.title}>
        <table class="left">
          <thead>
            <tr>
              {t.models.heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {KNOWN_MODELS.map((model) => (
              <tr key={model.id}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    disabled={derived.busy.value}
                    onClick={() => choose(`hub:${model.id}`)}
                  >
                    {model.id}
                  </button>
                </th>
                <td>{t.models.millions(integer(Math.round(model.parameters / 1e6)))}</td>
                <td>{bytes(model.bytes)}</td>
                <td>{t.models.atLeast(bytes(leastWeightBytes(model)))}</td>
                <td>{integer(model.context)}</td>
                <td>{model.gated ? t.models.gated(model.licence) : model.licence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <label>
        {t.models.other}{' '}
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          placeholder={t.models.example}
          value={typed.value}
          onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
        />
      </label>{' '}
      <button
        type="button"
        disabled={named === null || derived.busy.value}
        onClick={() => named !== null && choose(named)}
      >
        {t.models.use}
      </button>
    </details>
  );
}
