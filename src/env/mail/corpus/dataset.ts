/** Datasets: a folder with `dataset.json` ({@link DatasetManifest}) and the JSON Lines files that it names. */
import { normaliseAddress } from './query';
import { pictureOf } from '../../../conversation/json';
import type { Place } from '../../../errors/texts/place';
import { emailOf, FieldReader, isRecord, jsonLines, messageOf, optional, questionOf } from './records';
import { SPLITS, type Split } from '../../types';
import {
  CorpusError,
  SEARCH_METHODS,
  type Dataset,
  type DatasetManifest,
  type Email,
  type EmailId,
  type Question,
} from './types';

/** Reads one file of the dataset's folder; `path` is relative to it, as the manifest names it. Rejects when absent. */
export type DatasetReader = (path: string) => Promise<Uint8Array | string>;

export const MANIFEST_FILE = 'dataset.json';

/** Loads and validates a dataset. @throws CorpusError naming the file, and the line where there is one. */
export async function loadDataset(read: DatasetReader): Promise<Dataset> {
  const manifest = parseManifest(await readText(read, MANIFEST_FILE));
  const emails: Email[] = [];
  for (const file of manifest.emailFiles) {
    for (const { line, fields } of jsonLines(await readText(read, file), [{ file }])) {
      emails.push(emailOf(fields, [{ file }, { line }]));
    }
  }
  const questions: Record<Split, Question[]> = { train: [], validation: [], test: [] };
  for (const split of SPLITS) {
    const file = manifest.splits[split];
    for (const { line, fields } of jsonLines(await readText(read, file), [{ file }])) {
      questions[split].push(questionOf(fields, [{ file }, { line }]));
    }
  }
  const dataset: Dataset = { manifest, emails, questions };
  validateDataset(dataset);
  return dataset;
}

/** @throws CorpusError when the text is not a manifest. */
export function parseManifest(text: string): DatasetManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw CorpusError.of('corpus/manifest-no-json', { file: MANIFEST_FILE, reason: messageOf(error) });
  }
  const file = [{ file: MANIFEST_FILE }];
  const root = new FieldReader(record(value, file), file);
  const part = (from: unknown, name: string): FieldReader => {
    const where = [...file, { field: name }];
    return new FieldReader(record(from, where), where);
  };
  const fields = value as Record<string, unknown>;
  const splits = part(fields['splits'], 'splits');
  const counts = part(fields['counts'], 'counts');
  const questions = part((fields['counts'] as Record<string, unknown>)['questions'], 'counts.questions');
  const count = (reader: FieldReader, name: string): number =>
    reader.numberOrNull(name) ?? reader.fail(name, 'number', undefined);
  return {
    name: root.filled('name'),
    title: root.text('title', ''),
    licence: root.text('licence', ''),
    seed: root.numberOrNull('seed') ?? 0,
    emailFiles: root.texts('emailFiles'),
    splits: bySplit((split) => splits.filled(split)),
    ...searchOf(fields, root),
    ...optional('owner', root.texts('owner')),
    counts: { emails: count(counts, 'emails'), questions: bySplit((split) => count(questions, split)) },
  };
}

/** Absent in datasets that were made before there was a choice. */
function searchOf(
  fields: Readonly<Record<string, unknown>>,
  root: FieldReader,
): Pick<DatasetManifest, 'search'> {
  const found = fields['search'];
  if (found === undefined) return {};
  const search = SEARCH_METHODS.find((name) => name === found) ?? root.fail('search', 'search-method', found);
  return { search };
}

/**
 * Checks what no single line shows: a mailbox that is not empty (questions there may be none: mail can be searched without), unique ids, splits without a common question, counts as in
 * the manifest, and source mails that exist and that the question's inbox can reach by search.
 * @throws CorpusError
 */
export function validateDataset({ manifest, emails, questions }: Dataset): void {
  const dataset = manifest.name;
  if (emails.length === 0) throw CorpusError.of('corpus/no-mail', { dataset });
  expectCount(dataset, 'mails', manifest.counts.emails, emails.length);
  const byId = new Map<EmailId, Email>();
  for (const email of emails) {
    if (byId.has(email.id)) {
      throw CorpusError.of('corpus/mail-id-twice', { dataset, id: email.id });
    }
    byId.set(email.id, email);
  }
  const splitOf = new Map<string, Split>();
  for (const split of SPLITS) {
    expectCount(dataset, split, manifest.counts.questions[split], questions[split].length);
    for (const question of questions[split]) {
      const other = splitOf.get(question.id);
      if (other !== undefined) {
        throw CorpusError.of('corpus/question-id-twice', {
          dataset,
          id: question.id,
          first: other,
          second: split,
        });
      }
      splitOf.set(question.id, split);
      validateQuestion(dataset, question, byId);
    }
  }
}

function validateQuestion(dataset: string, question: Question, byId: ReadonlyMap<EmailId, Email>): void {
  for (const id of question.emailIds) {
    const email = byId.get(id);
    if (email === undefined) {
      throw CorpusError.of('corpus/question-of-unknown-mail', { dataset, question: question.id, mail: id });
    }
    if (!participants(email).has(normaliseAddress(question.inbox))) {
      throw CorpusError.of('corpus/question-of-hidden-mail', {
        dataset,
        question: question.id,
        inbox: question.inbox,
        mail: id,
      });
    }
  }
}

/** Characters of one file of mails: texts are limited in JavaScript engines, and a store of files has limits of its own. */
const PART_CHARACTERS = 64 * 1024 * 1024;

/** Mails as they are spread over files, in order: one file unless there is very much mail. */
export function mailParts(emails: readonly Email[]): Email[][] {
  const parts: Email[][] = [[]];
  let length = 0;
  for (const email of emails) {
    length += email.body.length + email.subject.length + 500;
    if (length > PART_CHARACTERS && (parts.at(-1)?.length ?? 0) > 0) {
      parts.push([]);
      length = email.body.length;
    }
    parts.at(-1)?.push(email);
  }
  return parts;
}

/** Names for {@link DatasetManifest.emailFiles}. */
export function emailFileNames(emails: readonly Email[]): string[] {
  return mailParts(emails).map((_, i) => (i === 0 ? 'emails.jsonl' : `emails-${i + 1}.jsonl`));
}

/** The files of a dataset, by path relative to its folder: what {@link loadDataset} reads back. */
export function datasetFiles(dataset: Dataset): Map<string, string> {
  const { manifest, emails, questions } = dataset;
  const parts = mailParts(emails);
  if (manifest.emailFiles.length !== parts.length) {
    const counts = { files: manifest.emailFiles.length, needed: parts.length };
    throw CorpusError.of('corpus/mail-files', { dataset: manifest.name, ...counts });
  }
  const files = new Map([[MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`]]);
  for (const [i, file] of manifest.emailFiles.entries()) files.set(file, toLines(parts[i] ?? []));
  for (const split of SPLITS) files.set(manifest.splits[split], toLines(questions[split]));
  return files;
}

/** JSON Lines. */
export function toLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Sender and recipients of a mail and where it was delivered, normalised: the inboxes that a search finds it in. */
export function participants(email: Pick<Email, 'from' | 'to' | 'cc' | 'bcc' | 'deliveredTo'>): Set<string> {
  const { from, to, cc, bcc, deliveredTo = [] } = email;
  const all = [from, ...to, ...cc, ...bcc, ...deliveredTo].map(normaliseAddress);
  return new Set(all.filter((address) => address !== ''));
}

function expectCount(dataset: string, what: 'mails' | Split, promised: number, found: number): void {
  if (promised !== found) {
    throw CorpusError.of('corpus/count', { dataset, promised, what, file: MANIFEST_FILE, found });
  }
}

function bySplit<T>(value: (split: Split) => T): Record<Split, T> {
  return { train: value('train'), validation: value('validation'), test: value('test') };
}

function record(value: unknown, where: Place): Record<string, unknown> {
  if (!isRecord(value)) throw CorpusError.of('corpus/no-object', { where, found: pictureOf(value) });
  return value;
}

async function readText(read: DatasetReader, path: string): Promise<string> {
  let content: Uint8Array | string;
  try {
    content = await read(path);
  } catch (error) {
    throw CorpusError.of('corpus/file-not-read', { path, reason: messageOf(error) });
  }
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
