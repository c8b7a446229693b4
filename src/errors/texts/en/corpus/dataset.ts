/** A data set whose files do not fit together, and its records. */
import { describeKind, place, type At, type Found } from '../words';
import type { Foreign } from '../../types';

/** What a field of a mailbox's files should hold. */
export type Expected =
  | 'text'
  | 'filled-text'
  | 'texts'
  | 'names'
  | 'marks'
  | 'number'
  | 'number-or-null'
  | 'split'
  | 'stage'
  | 'calls'
  | 'evidence'
  | 'search-method'
  | 'day';

const EXPECTED: Readonly<Record<Expected, string>> = {
  text: 'text',
  'filled-text': 'a text that is not blank',
  texts: 'a list of texts',
  names: 'an object of texts by address',
  marks: 'a list of {kind, start, end}, kind quote, forward or signature',
  number: 'a number',
  'number-or-null': 'a number or null',
  'search-method': '"exact" or "broad"',
  split: 'train, validation or test',
  stage: 'warm-start or policy',
  calls: 'a list of calls of the tools, each with name and arguments',
  evidence: 'a list of quotations, each with message_id, field, start and end',
  day: 'a date YYYY-MM-DD',
};

export const dataset = {
  'corpus/manifest-no-json': ({ file, reason }: { file: string; reason: Foreign }) =>
    `${file} is not JSON (${reason}).`,
  'corpus/no-mail': ({ dataset }: { dataset: string }) =>
    `Dataset ${dataset} has no e-mails. Add mail before training on it.`,
  'corpus/mail-id-twice': ({ dataset, id }: { dataset: string; id: string }) =>
    `Dataset ${dataset} has two e-mails with the id ${id}. Give every e-mail its own id.`,
  'corpus/question-id-twice': ({
    dataset,
    id,
    first,
    second,
  }: {
    dataset: string;
    id: string;
    first: string;
    second: string;
  }) =>
    `Dataset ${dataset} has question ${id} in ${first} and again in ${second}. Give every question its own id and one split.`,
  'corpus/question-of-unknown-mail': ({
    dataset,
    question,
    mail,
  }: {
    dataset: string;
    question: string;
    mail: string;
  }) =>
    `Dataset ${dataset}: question ${question} names the e-mail ${mail}, which is not in the mailbox. Add the e-mail or drop the question.`,
  'corpus/question-of-hidden-mail': ({
    dataset,
    question,
    inbox,
    mail,
  }: {
    dataset: string;
    question: string;
    inbox: string;
    mail: string;
  }) =>
    `Dataset ${dataset}: question ${question} is asked in the inbox ${inbox}, but its e-mail ${mail} was neither sent from nor to it, so no search can find it. Correct the inbox or the e-mail.`,
  'corpus/mail-files': ({ dataset, files, needed }: { dataset: string; files: number; needed: number }) =>
    `Dataset ${dataset} names ${files} e-mail files, but its mail needs ${needed}. Name as many to write it.`,
  'corpus/count': ({
    dataset,
    promised,
    what,
    file,
    found,
  }: {
    dataset: string;
    promised: number;
    what: 'mails' | 'train' | 'validation' | 'test';
    file: string;
    found: number;
  }) =>
    `Dataset ${dataset} promises ${promised} ${what === 'mails' ? 'e-mails' : `${what} questions`} in ${file}, but ${found} were found. Reload the files, or write the manifest anew.`,
  'corpus/no-object': ({ where, found }: Found) =>
    `${place(where)} should be a JSON object, found ${describeKind(found)}.`,
  'corpus/file-not-read': ({ path, reason }: { path: string; reason: Foreign }) =>
    `The dataset's file ${path} could not be read: ${reason}. Check the dataset's folder.`,
  'corpus/too-few-mails': ({ mails, needed }: { mails: number; needed: number }) =>
    `The questions are about ${mails} mails, too few for training, validation and test. Give questions about at least ${needed} mails.`,
  'corpus/questions-too-large': ({ file, limit }: { file: string; limit: number }) =>
    `The file of questions ${file} has more than ${limit} bytes. Split it.`,
  'corpus/csv-quote': ({ line }: { line: number }) =>
    `A quoted field that opens on line ${line} is never closed. Close it with a quote.`,
  'corpus/no-usable-question': ({
    file,
    rejected,
    first,
  }: {
    file: string;
    rejected: number;
    first: { readonly source: string; readonly reason: string } | null;
  }) =>
    `No question of ${file} can be used with the imported mail: ${
      first === null
        ? 'it has none'
        : `all ${rejected} were rejected, the first (${first.source}) because ${first.reason}`
    }. Import the mail that the questions are about.`,
  'corpus/line-no-json': ({ where, reason }: At & { reason: Foreign }) =>
    `${place(where)} is not JSON (${reason}). Fix or remove the line.`,
  'corpus/field': ({ where, name, expected, found }: Found & { name: string; expected: Expected }) =>
    `${place(where)}: "${name}" should be ${EXPECTED[expected]}, found ${describeKind(found)}.`,
};
