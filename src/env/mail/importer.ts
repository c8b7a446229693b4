/** A user's own mail and questions, given in the page. */
import type { JsonObject } from '../../conversation/types';
import type { ImportFile, ImportReport, ImportWatch, Importer } from '../types';
import { datasetFiles } from './corpus/dataset';
import { buildDataset, importMail, importQuestions, type ImportOutcome } from './corpus/import';
import { findOwner } from './corpus/owner';
import { CorpusError } from './corpus/types';

/** Mail and questions may come one after the other; a new lot of a kind replaces the old one. */
export function createMailImporter(): Importer {
  let mail: readonly ImportFile[] = [];
  let questions: readonly ImportFile[] = [];
  return {
    add: async (files, watch = {}) => {
      const given = sortFiles(files);
      const nextMail = given.mail.length > 0 ? given.mail : mail;
      const nextQuestions = given.questions.length > 0 ? given.questions : questions;
      const imported = await importFiles(files.length, nextMail, nextQuestions, watch);
      // What failed, or was stopped, is not taken up again with the next lot.
      mail = nextMail;
      questions = nextQuestions;
      return imported;
    },
  };
}

async function importFiles(
  files: number,
  mail: readonly ImportFile[],
  questions: readonly ImportFile[],
  { onProgress, signal }: ImportWatch,
): ReturnType<Importer['add']> {
  // A .json file of annotated mails holds the mails too.
  const annotated = questions.filter(({ path }) => /\.json$/i.test(path));
  const all = [...mail, ...annotated];
  const totalBytes = all.reduce((sum, { bytes }) => sum + sizeOf(bytes), 0);
  const found = await importMail(all, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ bytes, messages, rejected }) =>
      onProgress?.({ bytes: Math.min(bytes, totalBytes), totalBytes, found: messages, rejected }),
  });
  const report = (messages: number, asked: number, rejected: ImportReport['rejected']): ImportReport => ({
    files,
    counts: { messages, questions: asked },
    rejected,
    reasons: found.reasons,
    shortened: found.shortened,
    about: aboutMail(found),
  });
  if (questions.length === 0) return { report: report(found.emails.length, 0, found.rejected), folder: null };
  const outcomes: Awaited<ReturnType<typeof importQuestions>>[] = [];
  for (const { path, bytes } of questions) {
    outcomes.push(await importQuestions(await textOf(path, bytes), path, found));
  }
  const asked = {
    questions: outcomes.flatMap((outcome) => outcome.questions),
    mailOf: new Map(outcomes.flatMap(({ mailOf }) => [...mailOf])),
    splitOf: new Map(outcomes.flatMap(({ splitOf }) => [...splitOf])),
    rejected: outcomes.flatMap(({ rejected }) => rejected),
  };
  const dataset = buildDataset(
    { name: 'imported', title: 'Imported mail', licence: 'private' },
    found,
    asked,
  );
  const rejected = [...found.rejected, ...asked.rejected];
  return {
    report: report(dataset.emails.length, asked.questions.length, rejected),
    folder: datasetFiles(dataset),
  };
}

/** Whose mail it seems to be, for the page to show and its owner to correct. */
function aboutMail({ emails }: ImportOutcome): JsonObject {
  const { addresses, sure } = findOwner(emails);
  return { owner: { sure, addresses: addresses.map((address) => ({ ...address })) } };
}

function sizeOf(bytes: ImportFile['bytes']): number {
  return bytes instanceof Blob ? bytes.size : bytes.length;
}

/** A file of questions is written by people, or made; it is no archive. */
const MAX_QUESTION_BYTES = 256 * 1024 * 1024;

async function textOf(path: string, bytes: ImportFile['bytes']): Promise<string> {
  if (sizeOf(bytes) > MAX_QUESTION_BYTES) {
    throw CorpusError.of('corpus/questions-too-large', { file: path, limit: MAX_QUESTION_BYTES });
  }
  return bytes instanceof Blob ? bytes.text() : new TextDecoder().decode(bytes);
}

/** Questions are told from mail by their file's name. */
function sortFiles(files: readonly ImportFile[]): { mail: ImportFile[]; questions: ImportFile[] } {
  const isQuestions = ({ path }: ImportFile) =>
    /question|qa/i.test(path.split('/').at(-1) ?? '') && /\.(jsonl?|ndjson)$/i.test(path);
  return { mail: files.filter((file) => !isQuestions(file)), questions: files.filter(isQuestions) };
}
