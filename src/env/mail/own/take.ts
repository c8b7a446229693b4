/** Takes files that were given to a mailbox: mail, and questions about it. */
import type { ImportFile, ImportReport, ImportWatch } from '../../types';
import { assignSplits, importMail, importQuestions, type ImportOutcome } from '../corpus/import';
import { messageOf } from '../corpus/records';
import { CorpusError, type Email } from '../corpus/types';
import { withQuestions } from './questions';
import type { AddMode, KeptQuestion } from './types';

interface Before {
  readonly emails: readonly Email[];
  readonly questions: readonly KeptQuestion[];
}

export interface Taken extends Before {
  readonly report: ImportReport;
  /** Whether there is other mail than before. */
  readonly hasNewMail: boolean;
}

/**
 * What comes of the files beside what was there. A file of questions that cannot be used is rejected with the reason and
 * stops no mail.
 * @throws CorpusError when questions alone were given and none can be used; the signal's reason
 */
export async function takeFiles(
  files: readonly ImportFile[],
  how: AddMode,
  before: Before,
  { onProgress, signal }: ImportWatch = {},
): Promise<Taken> {
  const { mail, questions } = sortFiles(files);
  // A .json file of annotated mails holds the mails too.
  const annotated = questions.filter(({ path }) => /\.json$/i.test(path));
  const all = [...mail, ...annotated];
  const replaced = how === 'replace' && mail.length > 0;
  const totalBytes = all.reduce((sum, { bytes }) => sum + sizeOf(bytes), 0);
  const found = await importMail(all, {
    ...(replaced ? {} : { known: before.emails }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ bytes, messages, rejected }) =>
      onProgress?.({ bytes: Math.min(bytes, totalBytes), totalBytes, found: messages, rejected }),
  });
  const added = replaced ? found.emails.length : found.emails.length - before.emails.length;
  // Files without a mail take the place of nothing.
  const isReplaced = replaced && added > 0;
  const emails = replaced && !isReplaced ? before.emails : found.emails;
  const there = isReplaced || (how === 'replace' && questions.length > 0) ? [] : before.questions;
  const asked = await takeQuestions(questions, { ...found, emails });
  if (asked.error !== null && mail.length === 0) throw asked.error;
  return {
    emails,
    questions: withQuestions(there, asked.questions),
    hasNewMail: added > 0,
    report: {
      files: files.length,
      counts: {
        messages: emails.length,
        added,
        already: found.already,
        questions: asked.questions.length,
      },
      rejected: [...asked.rejected, ...found.rejected],
      // What was annotated as questions alone is no mail, and no fault.
      reasons: found.reasons,
      shortened: found.shortened,
    },
  };
}

interface Asked {
  readonly questions: readonly KeptQuestion[];
  readonly rejected: ImportReport['rejected'];
  /** The first file's that cannot be used. */
  readonly error: CorpusError | null;
}

async function takeQuestions(files: readonly ImportFile[], mail: ImportOutcome): Promise<Asked> {
  const questions: KeptQuestion[] = [];
  const rejected: { source: string; reason: string }[] = [];
  let error: CorpusError | null = null;
  for (const { path, bytes } of files) {
    try {
      if (mail.emails.length === 0) throw CorpusError.of('corpus/questions-before-mail', { file: path });
      const asked = await importQuestions(await textOf(path, bytes), path, mail);
      const splits = assignSplits(mail, asked);
      for (const question of asked.questions) {
        const first = asked.paraphraseOf.get(question.id);
        questions.push({
          ...question,
          split: asked.splitOf.get(question.id) ?? splits.get(asked.mailOf.get(question.id) ?? '') ?? 'train',
          ...{ origin: 'file', isAccepted: false, isEdited: false },
          ...(first === undefined ? {} : { paraphraseOf: first }),
        });
      }
      rejected.push(...asked.rejected);
    } catch (thrown) {
      if (!(thrown instanceof CorpusError)) throw thrown;
      error ??= thrown;
      rejected.push({ source: path, reason: messageOf(thrown) });
    }
  }
  return { questions, rejected, error };
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
