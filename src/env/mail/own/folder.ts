/**
 * A mailbox's files: a dataset's folder whose manifest also says what only a mailbox has. Files have numbers in their names
 * and the manifest, written last and whole, names those that count: whatever breaks off before, the old ones still do.
 */
import type { OwnFiles } from '../../own-data';
import {
  emailFileNames,
  loadDataset,
  mailParts,
  MANIFEST_FILE,
  toLines,
  validateDataset,
} from '../corpus/dataset';
import { jsonLines } from '../corpus/records';
import { CorpusError, type DatasetManifest, type Email } from '../corpus/types';
import { SPLITS, type Split } from '../../types';
import type { KeptQuestion, MailboxInfo, MailboxOwner, QuestionOrigin } from './types';

/** A mailbox in memory. */
export interface Mailbox {
  readonly emails: readonly Email[];
  /** In the order in which they were made or given. */
  readonly questions: readonly KeptQuestion[];
  /** Ids of made questions that were deleted. */
  readonly removed: readonly string[];
  readonly owner: MailboxOwner;
}

/** What the manifest says beside a dataset's. */
interface OwnPart {
  readonly generation: number;
  readonly removed: readonly string[];
  readonly info: MailboxInfo;
  readonly mailBytes: number;
}

type OwnManifest = DatasetManifest & { readonly mailbox: OwnPart };

const encoder = new TextEncoder();

async function readManifest(files: OwnFiles): Promise<OwnManifest | null> {
  const bytes = await files.read(MANIFEST_FILE);
  if (bytes === null) return null;
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Partial<OwnManifest>;
  // One of an earlier version of the page says nothing of its mailbox.
  return manifest.mailbox === undefined ? null : (manifest as OwnManifest);
}

/** Reads the manifest alone. */
export async function mailboxInfo(files: OwnFiles): Promise<MailboxInfo | null> {
  return (await readManifest(files))?.mailbox.info ?? null;
}

/** The folder of an earlier version of the page, which holds mail and questions of files. */
export async function isOfEarlierVersion(files: OwnFiles): Promise<boolean> {
  return (await files.read(MANIFEST_FILE)) !== null && (await readManifest(files)) === null;
}

/** @throws CorpusError when the files are not sound */
export async function readMailbox(
  files: OwnFiles,
): Promise<Pick<Mailbox, 'emails' | 'questions' | 'removed'>> {
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await files.read(path);
    if (bytes === null) throw CorpusError.of('corpus/mailbox-file', { file: path });
    return bytes;
  };
  const dataset = await loadDataset(read);
  const numbered: (readonly [number, KeptQuestion])[] = [];
  for (const split of SPLITS) {
    const path = dataset.manifest.splits[split];
    const lines = [...jsonLines(new TextDecoder().decode(await read(path)), [{ file: path }])];
    for (const [i, question] of dataset.questions[split].entries()) {
      const fields: Readonly<Record<string, unknown>> = lines[i]?.fields ?? {};
      const first = fields['paraphraseOf'];
      numbered.push([
        typeof fields['place'] === 'number' ? fields['place'] : numbered.length,
        {
          ...question,
          split,
          origin: originOf(fields['origin']),
          isAccepted: fields['isAccepted'] === true,
          isEdited: fields['isEdited'] === true,
          ...(typeof first === 'string' ? { paraphraseOf: first } : {}),
        },
      ]);
    }
  }
  numbered.sort(([a], [b]) => a - b);
  const manifest = await readManifest(files);
  return {
    emails: dataset.emails,
    questions: numbered.map(([, question]) => question),
    removed: manifest?.mailbox.removed ?? [],
  };
}

function originOf(value: unknown): QuestionOrigin {
  return value === 'made' || value === 'own' ? value : 'file';
}

/**
 * Writes a mailbox in the place of the one before.
 * @param mailToo false where only questions or owner have changed
 * @throws CorpusError when it is not sound; then nothing is changed
 */
export async function writeMailbox(
  files: OwnFiles,
  mailbox: Mailbox,
  mailToo: boolean,
): Promise<MailboxInfo> {
  const before = await readManifest(files);
  const generation = (before?.mailbox.generation ?? 0) + 1;
  const keepsMail = !mailToo && before !== null;
  const { emails, questions, owner, removed } = mailbox;
  const inSplit = (split: Split) =>
    questions.flatMap((question, place) => (question.split === split ? [{ ...question, place }] : []));
  const bySplit = <T>(of: (split: Split) => T): Record<Split, T> => ({
    train: of('train'),
    validation: of('validation'),
    test: of('test'),
  });
  const kept = bySplit(inSplit);
  const counts = bySplit((split) => kept[split].length);
  const manifest: DatasetManifest = {
    ...{ name: 'imported', title: 'Imported mail', licence: 'private', seed: 0, search: 'broad' },
    emailFiles: keepsMail
      ? before.emailFiles
      : emailFileNames(emails).map((name) => name.replace(/^emails/, `mail-${generation}`)),
    splits: bySplit((split) => `${split}-${generation}.jsonl`),
    owner: owner.addresses.map(({ address }) => address),
    counts: { emails: emails.length, questions: counts },
  };
  validateDataset({ manifest, emails, questions: kept });
  let mailBytes = keepsMail ? before.mailbox.mailBytes : 0;
  if (!keepsMail) {
    for (const [name, text] of mailFiles(manifest.emailFiles, emails)) {
      const bytes = encoder.encode(text);
      mailBytes += bytes.length;
      await files.write(name, bytes);
    }
  }
  let bytes = mailBytes;
  for (const split of SPLITS) {
    const lines = encoder.encode(toLines(kept[split].map(({ split: _split, ...line }) => line)));
    bytes += lines.length;
    await files.write(manifest.splits[split], lines);
  }
  const info: MailboxInfo = { mails: emails.length, bytes, days: daysOf(emails), questions: counts, owner };
  const own: OwnManifest = { ...manifest, mailbox: { generation, removed, info, mailBytes } };
  await files.write(MANIFEST_FILE, encoder.encode(JSON.stringify(own, null, 2)));
  const named = new Set([MANIFEST_FILE, ...manifest.emailFiles, ...Object.values(manifest.splits)]);
  for (const path of await files.list()) if (!named.has(path)) await files.remove(path);
  return info;
}

/** In the same parts as {@link emailFileNames}. */
function mailFiles(names: readonly string[], emails: readonly Email[]): Map<string, string> {
  const parts = mailParts(emails);
  return new Map(names.map((name, i) => [name, toLines(parts[i] ?? [])]));
}

function daysOf(emails: readonly Email[]): readonly [string, string] | null {
  let first = Infinity;
  let last = -Infinity;
  for (const { date } of emails) {
    if (date === null) continue;
    first = Math.min(first, date);
    last = Math.max(last, date);
  }
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  return first > last ? null : [day(first), day(last)];
}
