/** Which mail the run uses: the built-in mailbox or files of the visitor, which stay in the browser. */
import type { NamedFile } from '../../../../workers/api';
import { schemaOf } from '../../../env/settings';
import { count } from '../../../report/format';
import { settingInfo } from '../../../settings/schema';
import { el, fill } from '../../dom';
import { fieldText, withEdit } from '../../form-state';
import type { PageStore, Runner } from '../../runner';
import { isActive, type State } from '../../state';

const ENVIRONMENT = 'mail';
const IMPORTED = 'imported';
/** Rejected files that are listed one by one. */
const LISTED_REJECTIONS = 20;

export function createMailbox(store: PageStore, runner: Runner): HTMLElement {
  const choose = (dataset: string) => {
    const form = withEdit(store.state.form, 'dataset', dataset);
    store.dispatch({ kind: 'form', form });
  };
  const builtIn = String(settingInfo(schemaOf(ENVIRONMENT), 'dataset').default);
  const builtInInput = el('input', {
    type: 'radio',
    name: 'mail',
    value: builtIn,
    on: { change: () => choose(builtIn) },
  });
  const ownInput = el('input', {
    type: 'radio',
    name: 'mail',
    value: IMPORTED,
    on: { change: () => choose(IMPORTED) },
  });
  const otherName = el('span');
  const builtInText = el('span', {}, 'Built-in mailbox (invented people)');
  const fileInput = el('input', { type: 'file', multiple: true, class: 'visually-hidden', id: 'mail-files' });
  const folderInput = el('input', {
    type: 'file',
    multiple: true,
    webkitdirectory: true,
    class: 'visually-hidden',
    id: 'mail-folder',
  });
  for (const input of [fileInput, folderInput]) {
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      input.value = '';
      void importFiles(
        files.map((file) => ({ path: file.webkitRelativePath || file.name, file })),
        runner,
      );
    });
  }
  const report = el('div', { class: 'import-report', role: 'status' });
  const zone = el(
    'div',
    { class: 'drop-zone' },
    el('p', {}, 'Drop mail files or folders here, or'),
    el(
      'div',
      { class: 'button-row' },
      fileInput,
      el('label', { class: 'button', for: 'mail-files' }, 'Choose files'),
      folderInput,
      el('label', { class: 'button', for: 'mail-folder' }, 'Choose a folder'),
    ),
    el(
      'p',
      { class: 'note' },
      '.eml, mbox, maildir or JSONL, and a .jsonl file with “questions” in its name. All are read in this tab and never sent anywhere.',
    ),
  );
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => importFiles(files, runner));
  });
  const panel = el('div', { class: 'own-mail' }, zone, report);

  store.watch(
    (state) => fieldText(state.form, 'dataset'),
    (dataset) => {
      ownInput.checked = dataset === IMPORTED;
      builtInInput.checked = dataset !== IMPORTED;
      panel.hidden = dataset !== IMPORTED;
      fill(
        otherName,
        dataset !== IMPORTED && dataset !== builtIn ? `Dataset “${dataset}” (from the link)` : '',
      );
      builtInText.hidden = otherName.textContent !== '';
    },
  );
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => [builtInInput, ownInput, fileInput, folderInput].forEach((input) => (input.disabled = busy)),
  );
  store.watch(
    (state) => (state.importing ? 'busy' : state.imported),
    (found) => fill(report, found === 'busy' ? 'Reading your mail…' : reportNode(found)),
  );
  return el(
    'fieldset',
    { class: 'mail' },
    el('legend', {}, 'Mail to search'),
    el('label', { class: 'radio' }, builtInInput, builtInText, otherName),
    el('label', { class: 'radio' }, ownInput, el('span', {}, 'Use my own mail')),
    panel,
  );
}

function reportNode(found: State['imported']): Node | null {
  if (found === null) {
    return el(
      'p',
      { class: 'note' },
      'Until you choose files, those imported earlier in this browser are used.',
    );
  }
  const rejected = found.rejected.length;
  const { messages = 0, questions = 0 } = found.counts;
  return el(
    'div',
    {},
    el(
      'p',
      {},
      el('b', {}, `${count(messages, 'message')} and ${count(questions, 'question')}`),
      ` from ${count(found.files, 'file')}.`,
    ),
    messages > 0 &&
      questions === 0 &&
      el(
        'p',
        { class: 'note' },
        'There are no questions yet: add a .jsonl file with lines of question, answer and e-mail ids.',
      ),
    rejected > 0 &&
      el(
        'details',
        {},
        el('summary', {}, `${count(rejected, 'file')} not used`),
        el(
          'ul',
          { class: 'rejected' },
          ...found.rejected
            .slice(0, LISTED_REJECTIONS)
            .map((r) => el('li', {}, el('code', {}, r.source), ` ${r.reason}`)),
          rejected > LISTED_REJECTIONS && el('li', {}, `and ${rejected - LISTED_REJECTIONS} more`),
        ),
      ),
  );
}

interface PickedFile {
  readonly path: string;
  readonly file: File;
}

async function importFiles(picked: readonly PickedFile[], runner: Runner): Promise<void> {
  if (picked.length === 0) return;
  const files: NamedFile[] = [];
  for (const { path, file } of picked) files.push({ path, bytes: new Uint8Array(await file.arrayBuffer()) });
  await runner.importFiles(ENVIRONMENT, files);
}

/** Dropped files, those inside dropped folders included. */
async function droppedFiles(data: DataTransfer): Promise<PickedFile[]> {
  // Entries must be taken before the first await: the transfer is emptied after the event.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const found: PickedFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (entry instanceof FileSystemDirectoryEntry) {
    const reader = entry.createReader();
    // readEntries answers in portions and ends with an empty one.
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (part.length === 0) break;
      for (const child of part) await collect(child, found);
    }
  }
}
