/** The commands of `npm run corpus`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { datasetFiles } from '../../src/env/mail/corpus/dataset';
import {
  buildDataset,
  importMail,
  importQuestions,
  type ImportOutcome,
  type Rejection,
} from '../../src/env/mail/corpus/import';
import { CorpusError } from '../../src/env/mail/corpus/types';
import { inputPath, outputPath } from '../runtime/paths';
import { count, parse } from './arguments';
import { MailFiles, UsageError } from './files';
import { DEFAULT_MAX_BODY, DEFAULT_MAX_RECIPIENTS } from './limits';

const USAGE = `Usage:
  npm run corpus -- inspect PATH... [--json]
      Reads mail (raw mail, maildir, mbox, JSON Lines, CSV) from files or folders and shows what was understood.
  npm run corpus -- build --mail PATH... --questions FILE --out DIR [--name NAME] [--licence TEXT]
                          [--max-body CHARACTERS] [--max-recipients N]
      Writes a dataset folder. Questions: JSON Lines (own or ART-E fields) or SQuAD-shaped JSON, whose contexts can
      also be given to --mail.`;

/** Where lines go: a result or report, and what went wrong. */
export interface Output {
  readonly info: (line: string) => void;
  readonly error: (line: string) => void;
}

/** Reasons shown in full by the readable report; --json has all. */
const SHOWN_REJECTIONS = 20;

async function inspect(args: readonly string[], out: Output): Promise<void> {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } });
  if (positionals.length === 0) throw new UsageError('inspect needs at least one PATH of a file or folder.');
  const files = await MailFiles.find(positionals.map(inputPath));
  const outcome = await importMail(files.read());
  const rejected = files.withRejected(outcome.rejected);
  if (values['json'] === true) {
    const report = {
      files: files.count,
      messages: outcome.emails.length,
      rejected,
      items: outcome.emails.map((email) => ({
        source: outcome.sourceOf.get(email.id) ?? '',
        messageId: email.messageId,
        date: isoDate(email.date),
        from: email.from,
        to: email.to,
        cc: email.cc,
        subject: email.subject,
        textLength: email.body.length,
      })),
    };
    out.info(JSON.stringify(report, null, 2));
  } else {
    printOutcome(out, files.count, outcome, rejected);
  }
  if (outcome.emails.length === 0) {
    throw new CorpusError(
      `No mail was found in ${positionals.join(', ')}: ${files.count} files read, ${rejected.length} rejected. Give raw mail, a maildir, mbox, JSON Lines or CSV.`,
    );
  }
}

async function build(args: readonly string[], out: Output): Promise<void> {
  const { values, positionals } = parse(args, {
    mail: { type: 'string', multiple: true },
    questions: { type: 'string' },
    out: { type: 'string' },
    name: { type: 'string' },
    licence: { type: 'string' },
    'max-body': { type: 'string' },
    'max-recipients': { type: 'string' },
  });
  // `--mail A B` gives B as a positional.
  const mailPaths = [...((values['mail'] as string[] | undefined) ?? []), ...positionals];
  const given = values as { questions?: string; out?: string };
  if (mailPaths.length === 0) throw new UsageError('build needs --mail PATH...');
  if (given.questions === undefined) throw new UsageError('build needs --questions FILE.');
  if (given.out === undefined) throw new UsageError('build needs --out DIR.');
  const questionFile = inputPath(given.questions);
  const folder = outputPath(given.out);
  const limits = {
    maxBodyLength: count(values['max-body'], '--max-body', DEFAULT_MAX_BODY),
    maxRecipients: count(values['max-recipients'], '--max-recipients', DEFAULT_MAX_RECIPIENTS),
  };
  const files = await MailFiles.find(mailPaths.map(inputPath));
  const text = await readFile(questionFile, 'utf8').catch(() => {
    throw new UsageError(`--questions ${questionFile} could not be read. Give the path of an existing file.`);
  });
  const mail = await importMail(files.read(), { ...limits, dropCopies: true });
  printOutcome(out, files.count, mail, files.withRejected(mail.rejected));
  const asked = await importQuestions(text, questionFile, mail);
  out.info(`\nQuestions: ${asked.questions.length} usable, ${asked.rejected.length} rejected`);
  printRejected(out, asked.rejected);
  const name = (values['name'] as string | undefined) ?? basename(resolve(folder));
  const dataset = buildDataset(
    {
      name,
      title: `Imported mail: ${name}`,
      licence: (values['licence'] as string | undefined) ?? 'private',
    },
    mail,
    asked,
  );
  await mkdir(folder, { recursive: true });
  for (const [path, content] of datasetFiles(dataset)) await writeFile(join(folder, path), content);
  const { counts } = dataset.manifest;
  out.info(
    `\nWrote ${resolve(folder)}: ${counts.emails} e-mails; questions: ${counts.questions.train} train, ${counts.questions.validation} validation, ${counts.questions.test} test`,
  );
}

function printOutcome(
  out: Output,
  files: number,
  outcome: ImportOutcome,
  rejected: readonly Rejection[],
): void {
  const { emails } = outcome;
  out.info(`Files: ${files}   Messages: ${emails.length}   Rejected: ${rejected.length}`);
  const dates = emails.flatMap((email) => (email.date === null ? [] : [email.date])).sort((a, b) => a - b);
  if (dates.length > 0) {
    const first = isoDate(dates[0] ?? null)?.slice(0, 10);
    const last = isoDate(dates.at(-1) ?? null)?.slice(0, 10);
    out.info(`Dates: ${first} to ${last}   Without a date: ${emails.length - dates.length}`);
  }
  out.info(
    `Without a sender: ${emails.filter((email) => email.from === '').length}   Without text: ${emails.filter((email) => email.body.trim() === '').length}`,
  );
  printRejected(out, rejected);
}

function printRejected(out: Output, rejected: readonly Rejection[]): void {
  for (const { source, reason } of rejected.slice(0, SHOWN_REJECTIONS)) out.info(`  ${source}: ${reason}`);
  if (rejected.length > SHOWN_REJECTIONS) out.info(`  … and ${rejected.length - SHOWN_REJECTIONS} more`);
}

function isoDate(date: number | null): string | null {
  return date === null ? null : new Date(date).toISOString();
}

/** Runs one command. Resolves to the exit status: 0 done, 1 nothing to work with, 2 the command itself is wrong. */
export async function runCorpus([command, ...args]: readonly string[], out: Output): Promise<number> {
  try {
    if (command === 'inspect') await inspect(args, out);
    else if (command === 'build') await build(args, out);
    else if (command === '--help' || command === '-h') out.info(USAGE);
    else
      throw new UsageError(
        command === undefined ? 'Say what to do.' : `Unknown command ${command}. Use inspect or build.`,
      );
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      out.error(`corpus: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    if (!(error instanceof CorpusError)) throw error;
    out.error(`corpus: ${error.message}`);
    return 1;
  }
}
