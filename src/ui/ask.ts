/** Ask one question: who is asked, in which inbox, by which words; and the conversations that came of it. */
import type { AskMenu, NamedFile } from '../../workers/api';
import { answererKey, answererOptions } from './answerers';
import { readAdapterFiles } from './adapter-files';
import { ConversationView } from './conversation';
import { el, fill, setText, uniqueId } from './dom';
import { fieldText, resolveForm } from './form-state';
import { count } from '../report/format';
import { explain } from './problems';
import type { PageStore, Runner } from './runner';
import type { Answerer, Conversation } from './ask-state';
import { currentRecord, isActive, type State } from './state';

type MenuQuestion = AskMenu['questions'][number];

/** Suggestions under the question; a browser grows slow with thousands. */
const LISTED_QUESTIONS = 300;
const UPLOAD = 'upload';

const SPLIT_TEXT: Readonly<Record<MenuQuestion['split'], string>> = {
  test: 'A test question: no run trains on it or is tuned by it.',
  validation: 'A validation question: never trained on, but it chooses the best model.',
  train: 'A training question: a run may have trained on it.',
};

export function createAsk(store: PageStore, runner: Runner): HTMLElement {
  const listId = uniqueId('ask-questions');
  const list = el('datalist', { id: listId });
  const question = el('input', {
    type: 'text',
    id: 'ask-question',
    list: listId,
    autocomplete: 'off',
    placeholder: 'Pick a question, or write one',
    on: { input: () => questionChanged() },
  });
  const another = el(
    'button',
    { type: 'button', class: 'quiet', on: { click: () => pick() } },
    'Another test question',
  );
  const inbox = el('select', { id: 'ask-inbox', on: { change: () => inboxChanged() } });
  const today = el('input', { type: 'date', id: 'ask-today' });
  const todayField = el('div', { class: 'ask-field' }, el('label', { for: 'ask-today' }, 'Today is'), today);
  const answerer = el('select', { id: 'ask-answerer', on: { change: () => answererChanged() } });
  const beside = el('input', { type: 'checkbox', id: 'ask-beside' });
  const besideRow = el(
    'label',
    { class: 'radio ask-beside' },
    beside,
    el('span', {}, 'and the bare model beside it'),
  );
  const temperature = el('input', {
    type: 'number',
    id: 'ask-temperature',
    min: 0,
    max: 10,
    step: 0.1,
    value: 0,
    on: { input: () => drawButtons() },
  });
  const kindNote = el('p', { class: 'note', id: 'ask-kind' });
  question.setAttribute('aria-describedby', 'ask-kind');
  const askButton = el('button', { type: 'button', class: 'primary', on: { click: () => askNow() } }, 'Ask');
  const stopButton = el('button', { type: 'button', on: { click: () => void runner.stopAsking() } }, 'Stop');
  const why = el('span', { class: 'note', role: 'status' });
  const menuNote = el('p', { class: 'note', role: 'status' });
  const retry = el(
    'button',
    { type: 'button', class: 'quiet', on: { click: () => void runner.loadAskMenu(datasetOf(store.state)) } },
    'Try again',
  );
  const upload = el('input', {
    type: 'file',
    multiple: true,
    class: 'visually-hidden',
    id: 'ask-upload',
    on: { change: () => void uploadChosen() },
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

  let menu: AskMenu | null = null;
  let uploaded: { readonly name: string; readonly files: readonly NamedFile[] } | null = null;
  /** Until the visitor has chosen, the run of this visit answers, if there is one. */
  let chosen = '';

  /** The question of the dataset that the words and the inbox mean, or null for own words. */
  const known = (): MenuQuestion | null => {
    const text = question.value.trim();
    const same = menu?.questions.filter((one) => one.question === text) ?? [];
    return same.find((one) => one.inbox === inbox.value) ?? null;
  };
  const drawKind = (): void => {
    const one = known();
    todayField.hidden = one !== null;
    if (question.value.trim() === '') setText(kindNote, '');
    else if (one === null) {
      setText(
        kindNote,
        'In your own words: there is no answer on file, so nothing is marked right or wrong.',
      );
    } else setText(kindNote, `${SPLIT_TEXT[one.split]} The answer on file is shown after the model’s.`);
    drawButtons();
  };
  const questionChanged = (): void => {
    const text = question.value.trim();
    const one = menu?.questions.find((each) => each.question === text);
    if (one !== undefined && known() === null) {
      inbox.value = one.inbox;
      inboxChanged();
    } else drawKind();
  };
  const inboxChanged = (): void => {
    today.value = menu?.inboxes.find((one) => one.inbox === inbox.value)?.queryDate ?? today.value;
    drawKind();
  };
  const pick = (): void => {
    const all = menu?.questions ?? [];
    const test = all.filter(({ split }) => split === 'test');
    const from = test.length > 0 ? test : all;
    const one = from[Math.floor(Math.random() * from.length)];
    if (one === undefined) return;
    inbox.value = one.inbox;
    question.value = one.question;
    inboxChanged();
  };
  const current = (): Answerer | null => {
    if (answerer.value === UPLOAD)
      return uploaded === null ? null : { kind: 'uploaded', name: uploaded.name };
    return answererOptions(store.state, '').find(({ key }) => key === answerer.value)?.answerer ?? null;
  };
  const answererChanged = (): void => {
    chosen = answerer.value;
    drawAnswerers();
  };
  const drawAnswerers = (): void => {
    const { state } = store;
    const model = fieldText(state.form, 'model').split('/').at(-1) ?? '';
    const options = answererOptions(state, model);
    fill(
      answerer,
      ...options.map(({ key, label }) => el('option', { value: key }, label)),
      el(
        'option',
        { value: UPLOAD },
        uploaded === null ? 'Upload an adapter…' : `Uploaded: ${uploaded.name}`,
      ),
    );
    const own = currentRecord(state)?.outputDir;
    const ofRun = options.find(
      (one) => one.answerer.kind === 'stored' && one.answerer.outputDir === own,
    )?.key;
    const wanted = [chosen, ofRun, 'bare'].find(
      (key) => key !== undefined && (key === UPLOAD || options.some((one) => one.key === key)),
    );
    answerer.value = wanted ?? 'bare';
    uploadRow.hidden = answerer.value !== UPLOAD;
    besideRow.hidden = answerer.value === answererKey({ kind: 'bare' });
    drawButtons();
  };
  const uploadChosen = async (): Promise<void> => {
    const files = [...(upload.files ?? [])];
    upload.value = '';
    if (files.length === 0) return;
    try {
      uploaded = await readAdapterFiles(files);
    } catch (error) {
      store.dispatch({ kind: 'problem', problem: explain(error, 'ask') });
    }
    drawAnswerers();
  };
  const obstacle = (): string | null => {
    const { state } = store;
    if (state.device.kind === 'checking') return 'Looking for the GPU…';
    if (state.device.kind === 'unknown' || !state.device.report.ok)
      return 'Answers need WebGPU; see the note on this page.';
    if (isActive(state.run.status)) return 'A run is going on; ask when it has ended.';
    if (state.evaluation?.busy === true) return 'The test questions are being asked; wait for their end.';
    if (resolveForm(state.form).settings === null) return 'A setting needs attention first.';
    if (question.value.trim() === '') return 'Pick a question, or write one.';
    if (inbox.value === '') return 'Choose an inbox.';
    if (known() === null && today.value === '') return 'Choose what day it is.';
    if (current() === null) return 'Choose the adapter’s files.';
    if (!(temperature.valueAsNumber >= 0 && temperature.valueAsNumber <= 10))
      return 'The temperature goes from 0 to 10.';
    return null;
  };
  const drawButtons = (): void => {
    const { busy } = store.state.ask;
    const reason = obstacle();
    askButton.hidden = busy;
    askButton.disabled = reason !== null;
    stopButton.hidden = !busy;
    setText(why, busy ? '' : (reason ?? ''));
  };
  const askNow = (): void => {
    const { settings } = resolveForm(store.state.form);
    const who = current();
    if (settings === null || who === null || obstacle() !== null) return;
    const one = known();
    const text = question.value.trim();
    void runner.ask({
      question:
        one === null
          ? { kind: 'own', text, inbox: inbox.value, queryDate: today.value }
          : { kind: 'dataset', id: one.id },
      text,
      inbox: inbox.value,
      gold: one?.gold ?? null,
      temperature: temperature.valueAsNumber,
      answerers: beside.checked && who.kind !== 'bare' ? [{ kind: 'bare' }, who] : [who],
      settings,
      uploaded: uploaded?.files ?? [],
    });
  };
  question.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !store.state.ask.busy) askNow();
  });

  // Read when first looked at, and again for other mail.
  store.watch(
    (state) => (state.view === 'ask' ? datasetOf(state) : null),
    (dataset) => {
      if (dataset !== null && store.state.ask.menu?.dataset !== dataset) void runner.loadAskMenu(dataset);
    },
  );
  store.watch(
    (state) => state.mailbox,
    (mailbox) => {
      if (mailbox !== null && store.state.ask.menu?.dataset === 'imported')
        void runner.loadAskMenu('imported');
    },
  );
  store.watch(
    (state) => state.ask.menu,
    (found) => {
      menu = found?.menu ?? null;
      retry.hidden = found !== null;
      setText(
        menuNote,
        found === null
          ? 'The questions have not been read.'
          : menu === null
            ? 'Reading the questions…'
            : `${menu.title}: ${count(menu.emails, 'mail')} in ${count(menu.inboxes.length, 'inbox', 'inboxes')}, ${count(menu.questions.length, 'question')}.`,
      );
      fill(
        list,
        ...(menu?.questions ?? [])
          .slice(0, LISTED_QUESTIONS)
          .map((one) => el('option', { value: one.question }, one.inbox)),
      );
      fill(inbox, ...(menu?.inboxes ?? []).map((one) => el('option', { value: one.inbox }, one.inbox)));
      another.disabled = menu === null || menu.questions.length === 0;
      if (question.value.trim() === '') pick();
      else questionChanged();
      inboxChanged();
    },
  );
  store.watch((state) => state.files, drawAnswerers);
  store.watch((state) => state.run.recordId, drawAnswerers);
  store.watch((state) => state.form, drawAnswerers);
  store.watch((state) => state.device, drawButtons);
  store.watch((state) => state.run.status, drawButtons);
  store.watch((state) => state.evaluation?.busy, drawButtons);
  store.watch(
    (state) => state.ask.busy,
    (busy) => {
      for (const field of [question, inbox, today, answerer, beside, temperature, upload])
        field.disabled = busy;
      another.disabled = busy || menu === null;
      drawButtons();
    },
  );

  return el(
    'div',
    { class: 'ask' },
    el(
      'section',
      { class: 'card ask-form', 'aria-label': 'Ask a question' },
      el('h2', {}, 'Ask a question'),
      el(
        'p',
        { class: 'lead' },
        'The model searches the mailbox, reads and answers, exactly as in the evaluations: same prompt, same limits, same judge.',
      ),
      el('div', { class: 'button-row' }, menuNote, retry),
      el(
        'div',
        { class: 'ask-field' },
        el('label', { for: 'ask-question' }, 'Question'),
        el('div', { class: 'ask-question' }, question, another),
        list,
        kindNote,
      ),
      el(
        'div',
        { class: 'ask-fields' },
        el('div', { class: 'ask-field' }, el('label', { for: 'ask-inbox' }, 'Inbox to search'), inbox),
        todayField,
        el(
          'div',
          { class: 'ask-field' },
          el('label', { for: 'ask-answerer' }, 'Answered by'),
          answerer,
          besideRow,
        ),
        el(
          'div',
          { class: 'ask-field' },
          el('label', { for: 'ask-temperature' }, 'Temperature'),
          temperature,
          el('span', { class: 'note' }, '0: always the likeliest token'),
        ),
      ),
      uploadRow,
      el('div', { class: 'button-row' }, askButton, stopButton, why),
    ),
    conversations(store),
  );
}

function datasetOf(state: State): string {
  return fieldText(state.form, 'dataset');
}

function conversations(store: PageStore): HTMLElement {
  const empty = el(
    'p',
    { class: 'empty' },
    'Nothing has been asked yet. Ask the same question of the bare model and of a trained adapter to see what it has learned.',
  );
  const list = el('div', { class: 'ask-list' });
  const views = new Map<number, ConversationView>();
  const cards = new Map<number, HTMLElement>();
  store.watch(
    (state) => state.ask.askings,
    (askings) => {
      empty.hidden = askings.length > 0;
      const nodes = askings.map((asking) => {
        const key = asking[0]?.id ?? 0;
        for (const one of asking) {
          const view = views.get(one.id);
          if (view) view.update(one);
          else views.set(one.id, new ConversationView(one));
        }
        const card = cards.get(key) ?? cardOf(asking, views);
        cards.set(key, card);
        return card;
      });
      if (nodes.length !== list.childElementCount || nodes.some((node, i) => node !== list.children[i])) {
        list.replaceChildren(...nodes);
        forgetOthers(views, new Set(askings.flat().map(({ id }) => id)));
        forgetOthers(cards, new Set(askings.map((asking) => asking[0]?.id ?? 0)));
      }
    },
  );
  return el('div', {}, empty, list);
}

function forgetOthers(kept: Map<number, unknown>, ids: ReadonlySet<number>): void {
  for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
}

function cardOf(asking: readonly Conversation[], views: ReadonlyMap<number, ConversationView>): HTMLElement {
  const [first] = asking;
  const how = first === undefined || first.temperature === 0 ? '' : `, at temperature ${first.temperature}`;
  return el(
    'section',
    { class: 'card ask-card', 'aria-label': `Asked: ${first?.question ?? ''}` },
    el('h3', {}, first?.question ?? ''),
    el('p', { class: 'note' }, `In the mail of ${first?.inbox ?? ''}${how}`),
    el(
      'div',
      { class: asking.length > 1 ? 'ask-columns is-pair' : 'ask-columns' },
      ...asking.map(({ id }) => views.get(id)?.root ?? null),
    ),
  );
}
