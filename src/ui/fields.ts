/** Form fields drawn from the settings table, with the problem of each shown at it. */
import { settingInfo, SETTING_GROUPS, SETTING_KEYS, type SettingKey } from '../settings/table';
import { describeRule } from '../settings/values';
import { el, hidden, setAttribute, setText, uniqueId } from './dom';
import { fieldText, resolveForm, withEdit } from './form-state';
import type { PageStore } from './runner';
import { isActive } from './state';

/** Settings that have controls of their own in the page. */
const ELSEWHERE: ReadonlySet<SettingKey> = new Set<SettingKey>(['mode', 'dataset']);

/** All other settings: the usual ones by group, the rarely changed ones of each group behind "More". */
export function createFields(store: PageStore): HTMLElement {
  const root = el('div', { class: 'fields' });
  for (const group of SETTING_GROUPS) {
    const keys = SETTING_KEYS.filter((key) => settingInfo(key).group === group && !ELSEWHERE.has(key));
    const usual = keys.filter((key) => !settingInfo(key).advanced);
    const rare = keys.filter((key) => settingInfo(key).advanced);
    if (keys.length === 0) continue;
    const more =
      rare.length > 0 &&
      el(
        'details',
        { class: 'fields-more' },
        el('summary', {}, `${usual.length > 0 ? 'More' : group} (${rare.length})`),
        ...rare.map((key) => createField(key, store)),
      );
    root.append(
      el(
        'fieldset',
        { class: 'field-group' },
        el('legend', {}, group),
        ...usual.map((key) => createField(key, store)),
        more,
      ),
    );
  }
  return root;
}

/** One labelled field; its text is the state's, also when that is no valid value. */
export function createField(key: SettingKey, store: PageStore): HTMLElement {
  const info = settingInfo(key);
  const id = uniqueId(`field-${key}`);
  const error = el('p', { class: 'field-error', id: `${id}-error` });
  const help = el('p', { class: 'field-help', id: `${id}-help` }, info.description);
  const set = (text: string) => store.dispatch({ kind: 'form', form: withEdit(store.state.form, key, text) });
  const input = createInput(key, id, set);
  const changed = el('span', { class: 'field-changed' }, hidden('changed from the preset'));
  const helpButton = el(
    'button',
    {
      type: 'button',
      class: 'field-info',
      'aria-label': `About ${info.label}`,
      'aria-expanded': 'false',
      'aria-controls': help.id,
      on: {
        click: () => {
          help.hidden = !help.hidden;
          helpButton.setAttribute('aria-expanded', String(!help.hidden));
        },
      },
    },
    'i',
  );
  help.hidden = true;
  const root = el(
    'div',
    {
      class: `field field-${info.rule.kind}`,
      title: `${info.description} Allowed: ${describeRule(info.rule)}.`,
    },
    el('span', { class: 'field-label' }, el('label', { for: id }, info.label), changed, helpButton),
    el(
      'span',
      { class: 'field-input' },
      input.node,
      input.beside ?? null,
      info.unit !== '' && el('span', { class: 'field-unit' }, info.unit),
    ),
    error,
    help,
  );
  store.watch(
    (state) => state.form,
    (form) => {
      input.show(fieldText(form, key));
      const problem = resolveForm(form).problems.get(key) ?? '';
      setText(error, problem);
      error.hidden = problem === '';
      setAttribute(input.node, 'aria-invalid', problem === '' ? null : 'true');
      setAttribute(input.node, 'aria-describedby', problem === '' ? help.id : `${error.id} ${help.id}`);
      changed.hidden = form.edits[key] === undefined;
      root.classList.toggle('is-wrong', problem !== '');
    },
  );
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => input.enable(!busy),
  );
  return root;
}

interface Input {
  readonly node: HTMLElement;
  /** What must stand beside it in the document. */
  readonly beside?: HTMLElement;
  show(text: string): void;
  enable(enabled: boolean): void;
}

function createInput(key: SettingKey, id: string, set: (text: string) => void): Input {
  const { rule } = settingInfo(key);
  switch (rule.kind) {
    case 'boolean': {
      const box = el('input', { type: 'checkbox', id, on: { change: () => set(String(box.checked)) } });
      return {
        node: box,
        show: (text) => (box.checked = /^(true|1|yes|on)$/i.test(text)),
        enable: (enabled) => (box.disabled = !enabled),
      };
    }
    case 'choice': {
      if (rule.others !== undefined) return textInput(id, null, set, rule.choices);
      const select = el(
        'select',
        { id, on: { change: () => set(select.value) } },
        ...rule.choices.map((choice) => el('option', { value: choice }, choice)),
      );
      return {
        node: select,
        show: (text) => {
          // A link may hold a value that is not offered; it stays visible beside its problem.
          for (const option of [...select.options]) if (!rule.choices.includes(option.value)) option.remove();
          if (!rule.choices.includes(text)) select.append(el('option', { value: text }, text));
          select.value = text;
        },
        enable: (enabled) => (select.disabled = !enabled),
      };
    }
    case 'list': {
      const boxes = rule.choices.map((choice) =>
        el('input', {
          type: 'checkbox',
          value: choice,
          on: {
            change: () =>
              set(
                boxes
                  .filter((box) => box.checked)
                  .map((box) => box.value)
                  .join(','),
              ),
          },
        }),
      );
      const node = el(
        'span',
        { class: 'field-list', role: 'group', id, 'aria-label': settingInfo(key).label },
        ...boxes.map((box) => el('label', {}, box, ` ${box.value}`)),
      );
      return {
        node,
        show: (text) => {
          const chosen = new Set(text.split(',').map((item) => item.trim()));
          for (const box of boxes) box.checked = chosen.has(box.value);
        },
        enable: (enabled) => boxes.forEach((box) => (box.disabled = !enabled)),
      };
    }
    case 'integer':
    case 'number':
    case 'text':
      // Not type=number: it hides what was typed when that is no number, and the problem could not be explained.
      return textInput(
        id,
        rule.kind === 'integer' ? 'numeric' : rule.kind === 'number' ? 'decimal' : null,
        set,
      );
  }
}

/** @param offered values that the browser proposes while one types */
function textInput(
  id: string,
  inputmode: 'numeric' | 'decimal' | null,
  set: (text: string) => void,
  offered: readonly string[] = [],
): Input {
  const list = offered.length > 0 ? `${id}-offered` : null;
  const field = el('input', {
    type: 'text',
    id,
    inputmode,
    list,
    autocomplete: 'off',
    spellcheck: 'false',
    on: { input: () => set(field.value) },
  });
  return {
    node: field,
    ...(list === null
      ? {}
      : { beside: el('datalist', { id: list }, ...offered.map((value) => el('option', { value }))) }),
    show: (text) => {
      if (field.value !== text && document.activeElement !== field) field.value = text;
    },
    enable: (enabled) => (field.disabled = !enabled),
  };
}
