/** A user's own mail and questions, given in the page. */
import type { ImportReport, Importer, NamedFile } from '../types';
import { datasetFiles } from './corpus/dataset';
import { buildDataset, importMail, importQuestions } from './corpus/import';

/** Mail and questions may come one after the other; a new lot of a kind replaces the old one. */
export function createMailImporter(): Importer {
  let mail: readonly NamedFile[] = [];
  let questions: readonly NamedFile[] = [];
  return {
    add: async (files) => {
      const given = sortFiles(files);
      if (given.mail.length > 0) mail = given.mail;
      if (given.questions.length > 0) questions = given.questions;
      return importFiles(files.length, mail, questions);
    },
  };
}

async function importFiles(
  files: number,
  mail: readonly NamedFile[],
  questions: readonly NamedFile[],
): ReturnType<Importer['add']> {
  // A .json file of annotated mails holds the mails too.
  const annotated = questions.filter(({ path }) => /\.json$/i.test(path));
  const found = await importMail([...mail, ...annotated]);
  const report = (messages: number, asked: number, rejected: ImportReport['rejected']): ImportReport => ({
    files,
    counts: { messages, questions: asked },
    rejected,
  });
  if (questions.length === 0) return { report: report(found.emails.length, 0, found.rejected), folder: null };
  const outcomes: Awaited<ReturnType<typeof importQuestions>>[] = [];
  for (const { path, bytes } of questions) {
    outcomes.push(await importQuestions(new TextDecoder().decode(bytes), path, found));
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

/** Questions are told from mail by their file's name. */
function sortFiles(files: readonly NamedFile[]): { mail: NamedFile[]; questions: NamedFile[] } {
  const isQuestions = ({ path }: NamedFile) =>
    /question|qa/i.test(path.split('/').at(-1) ?? '') && /\.(jsonl?|ndjson)$/i.test(path);
  return { mail: files.filter((file) => !isQuestions(file)), questions: files.filter(isQuestions) };
}
