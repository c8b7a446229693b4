/** Form fields drawn from the settings table of the form's environment, with the problem of each shown at it. */
import { settingInfo, type SettingsSchema } from '../settings/schema';
import { SETTING_GROUPS, type AnySettingInfo } from '../settings/setting-info';
import { describeRule } from '../settings/values';
import { el, fill, hidden, setAttribute, setText, uniqueId } from './dom';
import { viewOf } from './environments';
import { createInput } from './field-input';
import { fieldText, formEnvironment, formSchema, resolveForm, withEdit, type FormState } from './form-state';
import type { PageStore } from './runner';
import { isActive } from './state';

interface Field {
  readonly root: HTMLElement;
  show(form: FormState, problem: string): void;
  enable(enabled: boolean): void;
}

/** Whether a setting has controls of its own in the page. */
export function isElsewhere(key: string, environment: string): boolean {
  if (key === 'dataset') return viewOf(environment).createSource !== undefined;
  return key === 'mode' || key === 'environment';
}

/** All other settings: the usual ones by group, the rarely changed ones of each group behind "More". */
export function createFields(store: PageStore): HTMLElement {
  const root = el('div', { class: 'fields' });
  let fields = new Map<string, Field>();
  const show = (form: FormState): void => {
    const { problems } = resolveForm(form);
    for (const [key, field] of fields) field.show(form, problems.get(key) ?? '');
  };
  const enable = (enabled: boolean): void => fields.forEach((field) => field.enable(enabled));
  store.watch(
    (state) => formSchema(state.form),
    (schema, state) => {
      const environment = formEnvironment(state.form);
      const keys = schema.keys.filter((key) => !isElsewhere(key, environment));
      fields = new Map(keys.map((key) => [key, createField(key, settingInfo(schema, key), store)]));
      fill(root, ...SETTING_GROUPS.map((group) => groupNode(group, schema, fields)));
      show(state.form);
      enable(!isActive(state.run.status));
    },
  );
  store.watch((state) => state.form, show);
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => enable(!busy),
  );
  return root;
}

function groupNode(
  group: AnySettingInfo['group'],
  schema: SettingsSchema,
  fields: ReadonlyMap<string, Field>,
): HTMLElement | null {
  const members = [...fields].filter(([key]) => settingInfo(schema, key).group === group);
  if (members.length === 0) return null;
  const roots = (advanced: boolean) =>
    members
      .filter(([key]) => (settingInfo(schema, key).advanced ?? false) === advanced)
      .map(([, { root }]) => root);
  const usual = roots(false);
  const rare = roots(true);
  const title = `${usual.length > 0 ? 'More' : group} (${rare.length})`;
  return el(
    'fieldset',
    { class: 'field-group' },
    el('legend', {}, group),
    ...usual,
    rare.length > 0 && el('details', { class: 'fields-more' }, el('summary', {}, title), ...rare),
  );
}

/** One labelled field; its text is the state's, also when that is no valid value. */
function createField(key: string, info: AnySettingInfo, store: PageStore): Field {
  const id = uniqueId(`field-${key}`);
  const error = el('p', { class: 'field-error', id: `${id}-error` });
  const help = el('p', { class: 'field-help', id: `${id}-help` }, info.description);
  const set = (text: string) => store.dispatch({ kind: 'form', form: withEdit(store.state.form, key, text) });
  const input = createInput(info, id, set);
  const changed = el('span', { class: 'field-changed' }, hidden('changed from the preset'));
  const root = el(
    'div',
    {
      class: `field field-${info.rule.kind}`,
      title: `${info.description} Allowed: ${describeRule(info.rule)}.`,
    },
    el(
      'span',
      { class: 'field-label' },
      el('label', { for: id }, info.label),
      changed,
      helpButton(info.label, help),
    ),
    el(
      'span',
      { class: 'field-input' },
      input.node,
      info.unit !== '' && el('span', { class: 'field-unit' }, info.unit),
    ),
    error,
    help,
  );
  return {
    root,
    show: (form, problem) => {
      input.show(fieldText(form, key));
      setText(error, problem);
      error.hidden = problem === '';
      setAttribute(input.node, 'aria-invalid', problem === '' ? null : 'true');
      setAttribute(input.node, 'aria-describedby', problem === '' ? help.id : `${error.id} ${help.id}`);
      changed.hidden = form.edits[key] === undefined;
      root.classList.toggle('is-wrong', problem !== '');
    },
    enable: (enabled) => input.enable(enabled),
  };
}

/** Folds the help out and in; it begins folded. */
function helpButton(label: string, help: HTMLElement): HTMLElement {
  const button = el(
    'button',
    {
      type: 'button',
      class: 'field-info',
      'aria-label': `About ${label}`,
      'aria-expanded': 'false',
      'aria-controls': help.id,
      on: {
        click: () => {
          help.hidden = !help.hidden;
          button.setAttribute('aria-expanded', String(!help.hidden));
        },
      },
    },
    'i',
  );
  help.hidden = true;
  return button;
}
