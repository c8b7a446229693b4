/** Who answers in the Ask view: the bare model, a run's adapter, or one that the visitor gives. */
import { readAdapterFiles, type GivenAdapter } from './adapter-files';
import { answererKey, answererOptions } from './answerers';
import type { Answerer } from './ask-state';
import { el, fill } from './dom';
import { fieldText } from './form-state';
import { explain } from './problems';
import type { PageStore } from './runner';
import { currentRecord } from './state';

const UPLOAD = 'upload';
const BARE: Answerer = { kind: 'bare' };

export interface AnswererPicker {
  readonly field: HTMLElement;
  /** Below the other fields; hidden unless an adapter is to be given. */
  readonly uploadRow: HTMLElement;
  /** In the order in which they answer; none while the files of an adapter are missing. */
  current(): readonly Answerer[];
  enable(enabled: boolean): void;
}

export function createAnswererPicker(store: PageStore, onChange: () => void): AnswererPicker {
  const select = el('select', {
    id: 'ask-answerer',
    on: {
      change: () => {
        chosen = select.value;
        draw();
      },
    },
  });
  const beside = el('input', { type: 'checkbox', id: 'ask-beside' });
  const besideRow = el(
    'label',
    { class: 'radio ask-beside' },
    beside,
    el('span', {}, 'and the bare model beside it'),
  );
  const upload = el('input', {
    type: 'file',
    multiple: true,
    class: 'visually-hidden',
    id: 'ask-upload',
    on: { change: () => void take() },
  });
  const uploadRow = el(
    'div',
    { class: 'button-row ask-upload' },
    upload,
    el('label', { class: 'button', for: 'ask-upload' }, 'Choose the adapter’s files or zip'),
    el(
      'span',
      { class: 'note' },
      'adapter_model.safetensors and adapter_config.json, as PEFT and this page write them.',
    ),
  );

  let uploaded: GivenAdapter | null = null;
  /** Until the visitor has chosen, the run of this visit answers, if there is one. */
  let chosen = '';

  const draw = (): void => {
    const { state } = store;
    const options = answererOptions(state, fieldText(state.form, 'model').split('/').at(-1) ?? '');
    const given = uploaded === null ? 'Upload an adapter…' : `Uploaded: ${uploaded.name}`;
    fill(
      select,
      ...options.map(({ key, label }) => el('option', { value: key }, label)),
      el('option', { value: UPLOAD }, given),
    );
    const own = currentRecord(state)?.outputDir;
    const ofRun = options.find(
      ({ answerer }) => answerer.kind === 'stored' && answerer.outputDir === own,
    )?.key;
    const there = new Set([UPLOAD, ...options.map(({ key }) => key)]);
    select.value = [chosen, ofRun].find((key) => key !== undefined && there.has(key)) ?? answererKey(BARE);
    uploadRow.hidden = select.value !== UPLOAD;
    besideRow.hidden = select.value === answererKey(BARE);
    onChange();
  };
  const take = async (): Promise<void> => {
    const files = [...(upload.files ?? [])];
    upload.value = '';
    if (files.length === 0) return;
    try {
      uploaded = await readAdapterFiles(files);
    } catch (error) {
      store.dispatch({ kind: 'problem', problem: explain(error, 'ask') });
    }
    draw();
  };
  const selected = (): Answerer | null => {
    if (select.value === UPLOAD) return uploaded === null ? null : { kind: 'uploaded', ...uploaded };
    return answererOptions(store.state, '').find(({ key }) => key === select.value)?.answerer ?? null;
  };
  store.watch((state) => state.files, draw);
  store.watch((state) => state.run.recordId, draw);
  store.watch((state) => fieldText(state.form, 'model'), draw);
  return {
    field: el(
      'div',
      { class: 'ask-field' },
      el('label', { for: 'ask-answerer' }, 'Answered by'),
      select,
      besideRow,
    ),
    uploadRow,
    current: () => {
      const who = selected();
      if (who === null) return [];
      return beside.checked && who.kind !== 'bare' ? [BARE, who] : [who];
    },
    enable: (enabled) => [select, beside, upload].forEach((field) => (field.disabled = !enabled)),
  };
}
