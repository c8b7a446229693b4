/** A field for the hub's token, shown while the model is one of the hub's. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { fieldText } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';

/** The text goes to the worker, which keeps it in memory: it is no setting, and no store, link or log has it. */
export function HubToken(): JSX.Element {
  const { runner, derived } = usePage();
  const id = `hub-token-${useId()}`;
  const isOfHub = useLive((state) => fieldText(state.form, 'model').trim().startsWith('hub:'));
  // A link may have brought another server.
  const endpoint = useLive((state) => fieldText(state.form, 'hubEndpoint'));
  return (
    <div class="field hub-token" hidden={!isOfHub}>
      <span class="field-label">
        <label for={id}>{t.setup.hubToken}</label>
      </span>
      <span class="field-input">
        <input
          type="password"
          id={id}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-help`}
          disabled={derived.busy.value}
          onChange={({ currentTarget }) => void runner.setHubToken(currentTarget.value)}
        />
      </span>
      <p class="note" id={`${id}-help`}>
        {t.setup.hubTokenNote(endpoint)}
      </p>
    </div>
  );
}
