/** The commands of `npm run corpus`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { datasetFiles } from '../../src/env/mail/corpus/dataset';
import { buildDataset, importMail, importQuestions } from '../../src/env/mail/corpus/import';
import { CorpusError } from '../../src/env/mail/corpus/types';
import { findOwner } from '../../src/env/mail/corpus/owner';
import { inputPath, outputPath } from '../runtime/paths';
import { count, parse } from './arguments';
import { MailFiles, UsageError } from './files';
import { DEFAULT_MAX_BODY, DEFAULT_MAX_RECIPIENTS } from './limits';
import { isoDate, printOutcome, printOwner, printRejected, progressOf, type Output } from './report';

const USAGE = `Usage:
  npm run corpus -- inspect PATH... [--json] [--owner ADDRESS]...
      Reads mail (raw mail, maildir, mbox, zip, Outlook .msg and .pst, JSON Lines, CSV) from files or folders and shows
      what was understood and whose mailbox it is; --owner says that better.
  npm run corpus -- build --mail PATH... --questions FILE --out DIR [--name NAME] [--licence TEXT]
                          [--max-body CHARACTERS] [--max-recipients N]
      Writes a dataset folder. Questions: JSON Lines (own or ART-E fields) or SQuAD-shaped JSON, whose contexts can
      also be given to --mail.`;

async function inspect(args: readonly string[], out: Output): Promise<void> {
  const { values, positionals } = parse(args, {
    json: { type: 'boolean' },
    owner: { type: 'string', multiple: true },
  });
  if (positionals.length === 0) throw new UsageError('inspect needs at least one PATH of a file or folder.');
  const files = await MailFiles.find(positionals.map(inputPath));
  const outcome = await importMail(files.read(), { onProgress: progressOf(files, out) });
  const owner = findOwner(outcome.emails, (values['owner'] as string[] | undefined) ?? []);
  const rejected = files.withRejected(outcome.rejected);
  if (values['json'] === true) {
    const report = {
      files: files.count,
      messages: outcome.emails.length,
      rejected,
      reasons: outcome.reasons,
      shortened: outcome.shortened,
      owner,
      items: outcome.emails.map((email) => ({
        source: outcome.sourceOf.get(email.id) ?? '',
        id: email.id,
        messageId: email.messageId,
        date: isoDate(email.date),
        from: email.from,
        to: email.to,
        cc: email.cc,
        subject: email.subject,
        textLength: email.body.length,
        ...(email.names === undefined ? {} : { names: email.names }),
        ...(email.threadId === undefined ? {} : { threadId: email.threadId }),
        ...(email.labels === undefined ? {} : { labels: email.labels }),
        ...(email.attachments === undefined ? {} : { attachments: email.attachments }),
      })),
    };
    out.info(JSON.stringify(report, null, 2));
  } else {
    printOutcome(out, files.count, outcome, rejected);
    printOwner(out, owner);
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
  const mail = await importMail(files.read(), {
    ...limits,
    dropCopies: true,
    onProgress: progressOf(files, out),
  });
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
