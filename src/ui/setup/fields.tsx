/** Form fields drawn from the settings table of the form's environment, with the problem of each shown at it. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { settingInfo, type SettingsSchema } from '../../settings/schema';
import { SETTING_GROUPS, type AnySettingInfo } from '../../settings/setting-info';
import { viewOf } from '../environments';
import { formEnvironment, shownSchema } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { groupName } from '../texts/help';
import { Field } from './field';
import { isFinding, isFound, type SettingsFind } from './settings-find';

/** Whether a setting has controls of its own in the page. */
export function isElsewhere(key: string, environment: string): boolean {
  if (key === 'dataset') return viewOf(environment).Source !== undefined;
  return key === 'mode' || key === 'environment';
}

/** All other settings: the usual ones by group, the rarely changed ones of each group behind "More". */
export function Fields({ find }: { readonly find: SettingsFind }): JSX.Element {
  const schema = useLive((state) => shownSchema(state.form));
  const environment = useLive((state) => formEnvironment(state.form));
  const edits = useLive((state) => state.form.edits);
  const keys = schema.keys.filter(
    (key) => !isElsewhere(key, environment) && isFound(key, settingInfo(schema, key), find, edits),
  );
  if (keys.length === 0) return <p class="note">{t.setup.noSetting}</p>;
  return (
    <div class="fields">
      {SETTING_GROUPS.map((group) => (
        <Group
          key={`${environment} ${group}`}
          group={group}
          schema={schema}
          isFinding={isFinding(find)}
          keys={keys.filter((key) => settingInfo(schema, key).group === group)}
        />
      ))}
    </div>
  );
}

interface GroupProps {
  readonly group: AnySettingInfo['group'];
  readonly schema: SettingsSchema;
  readonly keys: readonly string[];
  /** What is found is shown, however rarely it is changed. */
  readonly isFinding: boolean;
}

function Group({ group, schema, keys, isFinding: all }: GroupProps): JSX.Element | null {
  const isRare = (key: string): boolean => !all && (settingInfo(schema, key).advanced ?? false);
  const usual = keys.filter((key) => !isRare(key));
  const rare = keys.filter(isRare);
  if (keys.length === 0) return null;
  const name = groupName(group);
  const fields = (some: readonly string[]) =>
    some.map((key) => <Field key={key} name={key} info={settingInfo(schema, key)} />);
  return (
    <fieldset class="field-group">
      <legend>{name}</legend>
      {fields(usual)}
      {rare.length > 0 && (
        <Rare keys={rare} title={t.setup.more(usual.length > 0 ? null : name, rare.length)}>
          {fields(rare)}
        </Rare>
      )}
    </fieldset>
  );
}

interface RareProps {
  readonly keys: readonly string[];
  readonly title: string;
  readonly children: readonly JSX.Element[];
}

function Rare({ keys, title, children }: RareProps): JSX.Element {
  const { resolved } = usePage().derived;
  const isWrong = useComputed(() => keys.some((key) => resolved.value.problems.has(key))).value;
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isWrong && details.current !== null) details.current.open = true;
  }, [isWrong]);
  return (
    <details class="fields-more" ref={details}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
