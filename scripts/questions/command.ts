/** `npm run questions`: makes questions of mail and writes them as JSON Lines. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { participants } from '../../src/env/mail/corpus/dataset';
import { importMail, type ImportOutcome } from '../../src/env/mail/corpus/import';
import { normaliseAddress } from '../../src/env/mail/corpus/query';
import { CorpusError, type Email } from '../../src/env/mail/corpus/types';
import { questionLines } from '../../src/env/mail/questions/lines';
import { makeQuestions, type MadeQuestions } from '../../src/env/mail/questions/make';
import type { SplitBy } from '../../src/env/mail/questions/split';
import { count, parse, share } from '../corpus/arguments';
import { MailFiles, UsageError } from '../corpus/files';
import { DEFAULT_MAX_BODY, DEFAULT_MAX_RECIPIENTS } from '../corpus/limits';
import { printOutcome, progressOf, type Output } from '../corpus/report';
import { inputPath, outputPath } from '../runtime/paths';

const USAGE = `Usage:
  npm run questions -- --mail PATH... --out FILE [--seed N] [--count N] [--split thread|time] [--hold-out NAME]...
                       [--halves] [--unanswerable SHARE] [--paraphrases N] [--result-length CHARACTERS]
                       [--search-limit N] [--max-body CHARACTERS] [--max-recipients N]
      Makes questions of the mail, each with its answer, evidence and an expert's episode, as JSON Lines for
      npm run corpus -- build. The same mail and seed give the same bytes. docs/questions.md explains them.`;

const FLAGS = {
  mail: { type: 'string', multiple: true },
  out: { type: 'string' },
  seed: { type: 'string' },
  count: { type: 'string' },
  split: { type: 'string' },
  'hold-out': { type: 'string', multiple: true },
  halves: { type: 'boolean' },
  unanswerable: { type: 'string' },
  paraphrases: { type: 'string' },
  'result-length': { type: 'string' },
  'search-limit': { type: 'string' },
  'max-body': { type: 'string' },
  'max-recipients': { type: 'string' },
} as const;

async function make(args: readonly string[], out: Output, signal: AbortSignal): Promise<void> {
  const { values, positionals } = parse(args, FLAGS);
  // `--mail A B` gives B as a positional.
  const paths = [...((values['mail'] as string[] | undefined) ?? []), ...positionals];
  const file = values['out'] as string | undefined;
  if (paths.length === 0) throw new UsageError('questions needs --mail PATH...');
  if (file === undefined) throw new UsageError('questions needs --out FILE.');
  const heldOut = (values['hold-out'] as string[] | undefined) ?? [];
  const options = {
    seed: count(values['seed'], '--seed', 0, 0),
    splitBy: splitBy(values['split']),
    stages: values['halves'] === true,
    paraphrases: count(values['paraphrases'], '--paraphrases', 1, 0),
    unanswerable: share(values['unanswerable'], '--unanswerable', 0.1),
    ...given('count', values['count'], '--count'),
    ...given('resultLength', values['result-length'], '--result-length'),
    ...given('searchLimit', values['search-limit'], '--search-limit'),
  };
  const files = await MailFiles.find(paths.map(inputPath));
  const mail = await importMail(files.read(), {
    maxBodyLength: count(values['max-body'], '--max-body', DEFAULT_MAX_BODY),
    maxRecipients: count(values['max-recipients'], '--max-recipients', DEFAULT_MAX_RECIPIENTS),
    dropCopies: true,
    onProgress: progressOf(files, out),
    signal,
  });
  printOutcome(out, files.count, mail, files.withRejected(mail.rejected));
  if (mail.emails.length === 0) {
    throw new CorpusError(
      `No mail was found in ${paths.join(', ')}. Give raw mail, a maildir, mbox, JSON Lines or CSV.`,
    );
  }
  const made = await makeQuestions(mail.emails, {
    ...options,
    ...(heldOut.length === 0 ? {} : { isHeldOut: heldOutTest(heldOut, mail) }),
    signal,
    onProgress: ({ done, mails, questions }) => {
      if (done > 0 && done % 5000 === 0) out.error(`${done} of ${mails} mails, ${questions} questions`);
    },
  });
  const target = outputPath(file);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, questionLines(made.questions, mail.emails));
  report(made, out);
  out.info(`\nWritten to ${resolve(target)}`);
  if (made.questions.length === 0) throw new CorpusError('No question could be made of this mail.');
}

/** A name with @ is an address that takes part in a mail, any other a folder that its file lies in. */
function heldOutTest(names: readonly string[], { sourceOf }: ImportOutcome): (email: Email) => boolean {
  const addresses = names.filter((name) => name.includes('@')).map(normaliseAddress);
  const folders = names.filter((name) => !name.includes('@'));
  return (email) => {
    const people = participants(email);
    if (addresses.some((address) => people.has(address))) return true;
    const parts = (sourceOf.get(email.id) ?? '').split(/[/\\]/);
    return folders.some((folder) => parts.includes(folder));
  };
}

function report({ questions, mails, skipped }: MadeQuestions, out: Output): void {
  const first = questions.filter(({ paraphraseOf }) => paraphraseOf === undefined);
  out.info(
    `\nMails: ${mails}   Questions: ${first.length}   Paraphrases: ${questions.length - first.length}` +
      `   Answerable: ${first.filter(({ emailIds }) => emailIds.length > 0).length}`,
  );
  out.info(
    `Splits: ${tally(questions.map(({ split, stage }) => (stage === undefined ? split : `${split} (${stage})`)))}`,
  );
  out.info(`Kinds: ${tally(first.map(({ kind }) => kind))}`);
  out.info(`Levels: ${tally(first.map(({ level }) => `${level}`))}`);
  out.info(
    `Mails not asked about: ${Object.entries(skipped)
      .map(([reason, n]) => `${reason} ${n}`)
      .join(', ')}`,
  );
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name, n]) => `${name} ${n}`)
    .join(', ');
}

function splitBy(value: unknown): SplitBy {
  if (value === undefined || value === 'thread') return 'thread';
  if (value === 'time') return 'time';
  throw new UsageError(`--split should be thread or time, found ${String(value)}.`);
}

function given<Name extends string>(name: Name, value: unknown, flag: string): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: count(value, flag, 1) } as Record<Name, number>);
}

/**
 * Runs the command. Resolves to the exit status: 0 done, 1 nothing to work with, 2 the command itself is wrong, 130 stopped.
 * @param signal stops it before anything is written
 */
export async function runQuestions(
  args: readonly string[],
  out: Output,
  signal = new AbortController().signal,
): Promise<number> {
  try {
    if (args.includes('--help') || args.includes('-h')) out.info(USAGE);
    else await make(args, out, signal);
    return 0;
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      out.error('questions: Stopped; nothing was written.');
      return 130;
    }
    if (error instanceof UsageError) {
      out.error(`questions: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (!(error instanceof CorpusError)) throw error;
    out.error(`questions: ${error.message}`);
    return 1;
  }
}
