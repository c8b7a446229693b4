/** A dataset from imported mail and questions. */
import { SPLITS, type Split } from '../../../types';
import { emailFileNames, validateDataset } from '../dataset';
import { CorpusError, type Dataset, type Question } from '../types';
import { streamOf } from '../../../../random/philox';
import type { ImportOutcome } from './mail';
import type { QuestionOutcome } from './questions';

export interface DatasetDescription {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
}

/** Share of the mails asked about that goes to validation, and again to test. */
const HELD_OUT_SHARE = 0.1;

/**
 * All questions about one mail share a split, so nothing that is tested was trained on. Mails are ranked by a hash of their
 * Message-ID: the same input gives the same splits, whatever the order of its files. Questions that name their split keep it,
 * and their mails are left out of the ranking.
 * @throws CorpusError as {@link validateDataset} does, or when fewer than three mails are asked about.
 */
export function buildDataset(
  description: DatasetDescription,
  mail: ImportOutcome,
  asked: QuestionOutcome,
): Dataset {
  const splitOf = assignSplits(mail, asked);
  const questions: Record<Split, Question[]> = { train: [], validation: [], test: [] };
  for (const question of asked.questions) {
    const split =
      asked.splitOf.get(question.id) ?? splitOf.get(asked.mailOf.get(question.id) ?? '') ?? 'train';
    questions[split].push(question);
  }
  const dataset: Dataset = {
    manifest: {
      ...description,
      seed: 0,
      search: 'broad',
      emailFiles: emailFileNames(mail.emails),
      splits: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
      counts: {
        emails: mail.emails.length,
        questions: {
          train: questions.train.length,
          validation: questions.validation.length,
          test: questions.test.length,
        },
      },
    },
    emails: mail.emails,
    questions,
  };
  validateDataset(dataset);
  return dataset;
}

/** Mail name (as in {@link QuestionOutcome.mailOf}) to split. @throws CorpusError as {@link buildDataset} */
export function assignSplits(
  mail: Pick<ImportOutcome, 'emails'>,
  asked: QuestionOutcome,
): Map<string, Split> {
  const free = [...asked.mailOf].filter(([question]) => !asked.splitOf.has(question));
  const names = [...new Set(free.map(([, name]) => name))];
  if (names.length === 0) return new Map();
  if (names.length < SPLITS.length) {
    throw CorpusError.of('corpus/too-few-mails', { mails: names.length, needed: SPLITS.length });
  }
  const messageIdOf = new Map(mail.emails.map((email) => [email.id, email.messageId]));
  const rank = new Map(names.map((name) => [name, streamOf(messageIdOf.get(name) || name)]));
  names.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0) || (a < b ? -1 : 1));
  const heldOut = Math.max(1, Math.floor(names.length * HELD_OUT_SHARE));
  return new Map(
    names.map((name, i) => [name, i < heldOut ? 'test' : i < 2 * heldOut ? 'validation' : 'train']),
  );
}
