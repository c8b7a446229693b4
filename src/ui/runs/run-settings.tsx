/** The settings that a run was made with, those that are not as in its preset first. */
import type { JSX } from 'preact';
import { schemaNear } from '../../env/settings';
import { settingInfo } from '../../settings/schema';
import { writeText } from '../../settings/values';
import { formOfRun } from '../form-state';
import { usePage } from '../page';
import type { RunRecord } from '../state';
import { t } from '../texts';

export function RunSettings({ record }: { readonly record: RunRecord }): JSX.Element {
  const { derived, dispatch } = usePage();
  const { settings, preset } = record;
  if (settings === null) return <p class="note">{t.runs.settingsUnknown}</p>;
  const schema = schemaNear(settings.environment);
  const form = formOfRun(settings, preset);
  const all = schema.keys.flatMap((key) =>
    settings[key] === undefined
      ? []
      : [{ key, label: settingInfo(schema, key).label, value: writeText(settings[key]) }],
  );
  const changed = all.filter(({ key }) => key in form.edits);
  const rest = all.filter(({ key }) => !(key in form.edits));
  return (
    <div class="run-settings">
      <h4>{t.runs.settingsChanged(changed.length, form.preset)}</h4>
      <SettingList settings={changed} />
      <details>
        <summary>{t.runs.settingsRest(rest.length)}</summary>
        <SettingList settings={rest} />
      </details>
      <button
        type="button"
        class="quiet"
        disabled={derived.busy.value}
        onClick={() => dispatch({ kind: 'form', form })}
      >
        {t.runs.useSettings}
      </button>
    </div>
  );
}

interface ListProps {
  readonly settings: readonly { readonly key: string; readonly label: string; readonly value: string }[];
}

function SettingList({ settings }: ListProps): JSX.Element | null {
  if (settings.length === 0) return null;
  return (
    <dl class="setting-list">
      {settings.map(({ key, label, value }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
