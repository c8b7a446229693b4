/** The input of a setting, by the rule of its values. */
import type { AnySettingInfo } from '../settings/setting-info';
import { el } from './dom';

export interface Input {
  readonly node: HTMLElement;
  show(text: string): void;
  enable(enabled: boolean): void;
}

/** @param set told the text of every change */
export function createInput({ rule, label }: AnySettingInfo, id: string, set: (text: string) => void): Input {
  switch (rule.kind) {
    case 'boolean':
      return switchInput(id, set);
    case 'choice':
      return choiceInput(rule.choices, id, set);
    case 'list':
      return listInput(rule.choices, label, id, set);
    case 'integer':
      return textInput('numeric', id, set);
    case 'number':
      return textInput('decimal', id, set);
    case 'text':
      return textInput(null, id, set);
  }
}

type Set = (text: string) => void;

function switchInput(id: string, set: Set): Input {
  const box = el('input', { type: 'checkbox', id, on: { change: () => set(String(box.checked)) } });
  return {
    node: box,
    show: (text) => (box.checked = /^(true|1|yes|on)$/i.test(text)),
    enable: (enabled) => (box.disabled = !enabled),
  };
}

function choiceInput(choices: readonly string[], id: string, set: Set): Input {
  const select = el(
    'select',
    { id, on: { change: () => set(select.value) } },
    ...choices.map((choice) => el('option', { value: choice }, choice)),
  );
  return {
    node: select,
    show: (text) => {
      // A link may hold a value that is not offered; it stays visible beside its problem.
      for (const option of [...select.options]) if (!choices.includes(option.value)) option.remove();
      if (!choices.includes(text)) select.append(el('option', { value: text }, text));
      select.value = text;
    },
    enable: (enabled) => (select.disabled = !enabled),
  };
}

function listInput(choices: readonly string[], label: string, id: string, set: Set): Input {
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const boxes: HTMLInputElement[] = choices.map((choice) =>
    el('input', { type: 'checkbox', value: choice, on: { change: () => set(chosen().join(',')) } }),
  );
  const node = el(
    'span',
    { class: 'field-list', role: 'group', id, 'aria-label': label },
    ...boxes.map((box) => el('label', {}, box, ` ${box.value}`)),
  );
  return {
    node,
    show: (text) => {
      const wanted = new Set(text.split(',').map((item) => item.trim()));
      for (const box of boxes) box.checked = wanted.has(box.value);
    },
    enable: (enabled) => boxes.forEach((box) => (box.disabled = !enabled)),
  };
}

/** Not type=number: it hides what was typed when that is no number, and the problem could not be explained. */
function textInput(inputmode: 'numeric' | 'decimal' | null, id: string, set: Set): Input {
  const field = el('input', {
    type: 'text',
    id,
    inputmode,
    autocomplete: 'off',
    spellcheck: 'false',
    on: { input: () => set(field.value) },
  });
  return {
    node: field,
    show: (text) => {
      if (field.value !== text && document.activeElement !== field) field.value = text;
    },
    enable: (enabled) => (field.disabled = !enabled),
  };
}
