/**
 * What the importers make of real mail, and datasets from it.
 *
 *   npm run corpus -- inspect PATH… [--json]
 *   npm run corpus -- build --mail PATH… --questions FILE --out DIR [--name NAME] [--licence TEXT]
 *
 * Exit status: 0 done, 1 no mail or no questions to work with, 2 the command itself is wrong.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { datasetFiles } from '../src/corpus/dataset';
import {
  buildDataset,
  importMail,
  importQuestions,
  type ImportOutcome,
  type Rejection,
} from '../src/corpus/import';
import { CorpusError } from '../src/corpus/types';
import { MailFiles, UsageError } from './corpus/files';

const USAGE = `Usage:
  npm run corpus -- inspect PATH... [--json]
      Reads mail (raw mail, maildir, mbox, JSON Lines, CSV) from files or folders and shows what was understood.
  npm run corpus -- build --mail PATH... --questions FILE --out DIR [--name NAME] [--licence TEXT]
                          [--max-body CHARACTERS] [--max-recipients N]
      Writes a dataset folder. Questions: JSON Lines (own or ART-E fields) or SQuAD-shaped JSON, whose contexts can
      also be given to --mail.`;

/** Limits of the original system: longer bodies do not fit the context of a small model. */
const DEFAULT_MAX_BODY = 5000;
const DEFAULT_MAX_RECIPIENTS = 30;
/** Reasons shown in full by the readable report; --json has all. */
const SHOWN_REJECTIONS = 20;

async function inspect(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } });
  if (positionals.length === 0) throw new UsageError('inspect needs at least one PATH of a file or folder.');
  const files = await MailFiles.find(positionals);
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
    console.log(JSON.stringify(report, null, 2));
  } else {
    printOutcome(files.count, outcome, rejected);
  }
  if (outcome.emails.length === 0) {
    throw new CorpusError(
      `No mail was found in ${positionals.join(', ')}: ${files.count} files read, ${rejected.length} rejected. Give raw mail, a maildir, mbox, JSON Lines or CSV.`,
    );
  }
}

async function build(args: readonly string[]): Promise<void> {
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
  const { questions: questionFile, out } = values as { questions?: string; out?: string };
  if (mailPaths.length === 0) throw new UsageError('build needs --mail PATH...');
  if (questionFile === undefined) throw new UsageError('build needs --questions FILE.');
  if (out === undefined) throw new UsageError('build needs --out DIR.');
  const files = await MailFiles.find(mailPaths);
  const text = await readFile(questionFile, 'utf8').catch(() => {
    throw new UsageError(`--questions ${questionFile} could not be read. Give the path of an existing file.`);
  });
  const mail = await importMail(files.read(), {
    maxBodyLength: count(values['max-body'], '--max-body', DEFAULT_MAX_BODY),
    maxRecipients: count(values['max-recipients'], '--max-recipients', DEFAULT_MAX_RECIPIENTS),
    dropCopies: true,
  });
  printOutcome(files.count, mail, files.withRejected(mail.rejected));
  const asked = await importQuestions(text, questionFile, mail);
  console.log(`\nQuestions: ${asked.questions.length} usable, ${asked.rejected.length} rejected`);
  printRejected(asked.rejected);
  const name = (values['name'] as string | undefined) ?? basename(resolve(out));
  const dataset = buildDataset(
    {
      name,
      title: `Imported mail: ${name}`,
      licence: (values['licence'] as string | undefined) ?? 'private',
    },
    mail,
    asked,
  );
  await mkdir(out, { recursive: true });
  for (const [path, content] of datasetFiles(dataset)) await writeFile(join(out, path), content);
  const { counts } = dataset.manifest;
  console.log(
    `\nWrote ${out}: ${counts.emails} e-mails; questions: ${counts.questions.train} train, ${counts.questions.validation} validation, ${counts.questions.test} test`,
  );
}

function printOutcome(files: number, outcome: ImportOutcome, rejected: readonly Rejection[]): void {
  const { emails } = outcome;
  console.log(`Files: ${files}   Messages: ${emails.length}   Rejected: ${rejected.length}`);
  const dates = emails.flatMap((email) => (email.date === null ? [] : [email.date])).sort((a, b) => a - b);
  if (dates.length > 0) {
    const first = isoDate(dates[0] ?? null)?.slice(0, 10);
    const last = isoDate(dates.at(-1) ?? null)?.slice(0, 10);
    console.log(`Dates: ${first} to ${last}   Without a date: ${emails.length - dates.length}`);
  }
  console.log(
    `Without a sender: ${emails.filter((email) => email.from === '').length}   Without text: ${emails.filter((email) => email.body.trim() === '').length}`,
  );
  printRejected(rejected);
}

function printRejected(rejected: readonly Rejection[]): void {
  for (const { source, reason } of rejected.slice(0, SHOWN_REJECTIONS)) console.log(`  ${source}: ${reason}`);
  if (rejected.length > SHOWN_REJECTIONS) console.log(`  … and ${rejected.length - SHOWN_REJECTIONS} more`);
}

function isoDate(date: number | null): string | null {
  return date === null ? null : new Date(date).toISOString();
}

function count(value: unknown, flag: string, absent: number): number {
  if (value === undefined) return absent;
  if (typeof value === 'string' && /^[1-9]\d*$/.test(value)) return Number(value);
  throw new UsageError(`${flag} should be a whole number above 0, found ${String(value)}.`);
}

type Flags = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(
  args: readonly string[],
  options: Flags,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === 'inspect') return inspect(args);
  if (command === 'build') return build(args);
  if (command === undefined || command === '--help' || command === '-h') {
    console.log(USAGE);
    return;
  }
  throw new UsageError(`Unknown command ${command}. Use inspect or build.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) {
    console.error(`corpus: ${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof CorpusError) {
    console.error(`corpus: ${error.message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
});
