/** Takes a file apart into the messages it holds, by what it contains and never by its name. */
import { CorpusError } from '../types';
import { isRecord, jsonLines, messageOf } from '../records';
import { csvRows } from './csv';
import { splitMbox, startsMbox } from './mbox';
import { looksLikeMail, parseMessage } from './message';
import { isMailRecord, mailOfRecord, type RecordMail } from './record';
import { squadParagraphs } from './squad';
import { decodeText, encodeRawMail } from './text';

/** One file. */
export interface MailSource {
  /** Shown in reports; need not be a path. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A message on its way in: read it to get its fields or the reason why not. */
export interface FoundMail {
  readonly source: string;
  /** Rejects with the reason in its message. */
  readonly read: () => Promise<RecordMail>;
}

/** Larger files are rejected unread: a text of this size is near the limits of JavaScript engines. */
export const MAX_FILE_BYTES = 400 * 1024 * 1024;
/** Larger single messages are rejected: far above what mail servers let through. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** The messages of a file. @throws CorpusError with a lower-case reason when the file is no mail. */
export function* findMail(source: MailSource): Generator<FoundMail> {
  const { path } = source;
  if (source.bytes.length > MAX_FILE_BYTES) {
    throw CorpusError.of('corpus/file-too-large', { bytes: source.bytes.length, limit: MAX_FILE_BYTES });
  }
  const bytes = withoutLead(source.bytes);
  if (bytes.length === 0) throw CorpusError.of('corpus/file-empty');
  if (startsMbox(bytes)) {
    const mails = [...splitMbox(bytes)];
    for (const [i, mail] of mails.entries())
      yield rawMail(mails.length === 1 ? path : `${path}#${i + 1}`, mail);
  } else if (looksLikeMail(bytes)) {
    yield rawMail(path, bytes);
  } else {
    yield* findRecords(path, source.bytes);
  }
}

function rawMail(source: string, bytes: Uint8Array): FoundMail {
  return {
    source,
    read: async () => {
      if (bytes.length > MAX_MESSAGE_BYTES) {
        throw CorpusError.of('corpus/message-too-large', { bytes: bytes.length, limit: MAX_MESSAGE_BYTES });
      }
      return parseMessage(bytes);
    },
  };
}

function* findRecords(path: string, bytes: Uint8Array): Generator<FoundMail> {
  if (bytes.subarray(0, 4096).includes(0) && bytes[0] !== 0xff && bytes[0] !== 0xfe) {
    throw CorpusError.of('corpus/file-binary');
  }
  const text = decodeText(bytes);
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) yield* findJson(path, text);
  else if (isMailRecord(firstRow(text))) yield* findCsv(path, text);
  else {
    throw CorpusError.of('corpus/no-mail-file');
  }
}

function* findJson(path: string, text: string): Generator<FoundMail> {
  const whole = wholeJson(text);
  const paragraphs = isRecord(whole) || Array.isArray(whole) ? squadParagraphs(whole) : null;
  if (paragraphs !== null) {
    for (const [i, { context }] of paragraphs.entries()) {
      yield { source: `${path}#${i + 1}`, read: () => mailOfRecord({ raw: context }) };
    }
  } else if (Array.isArray(whole)) {
    for (const [i, value] of whole.entries()) {
      yield recordMail(`${path}#${i + 1}`, value);
    }
  } else if (isRecord(whole)) {
    yield recordMail(path, whole);
  } else {
    let line = 0;
    for (const raw of text.split('\n')) {
      line++;
      if (raw.trim() === '') continue;
      const source = `${path}#${line}`;
      yield {
        source,
        read: async () => {
          for (const { fields } of jsonLines(raw, [{ same: 'text' }])) return mailOfRecord(fields);
          throw CorpusError.of('corpus/line-empty');
        },
      };
    }
  }
}

function recordMail(source: string, value: unknown): FoundMail {
  return {
    source,
    read: () =>
      isRecord(value) ? mailOfRecord(value) : Promise.reject(CorpusError.of('corpus/item-no-object')),
  };
}

function* findCsv(path: string, text: string): Generator<FoundMail> {
  let names: readonly string[] | undefined;
  let row = 0;
  try {
    for (const fields of csvRows(text)) {
      if (names === undefined) {
        names = fields;
        continue;
      }
      row++;
      const columns = names;
      const record = Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
      const read = (): Promise<RecordMail> =>
        fields.length === columns.length
          ? mailOfRecord(record)
          : Promise.reject(
              CorpusError.of('corpus/row-fields', { fields: fields.length, columns: columns.length }),
            );
      yield { source: `${path}#${row}`, read };
    }
  } catch (error) {
    yield {
      source: `${path}#${row + 1}`,
      read: () => Promise.reject(error instanceof Error ? error : new Error(messageOf(error))),
    };
  }
}

function firstRow(text: string): readonly string[] {
  const line = text.slice(0, 4096).split(/\r?\n/, 1)[0] ?? '';
  try {
    for (const row of csvRows(line)) return row;
  } catch {
    // A quote that is open at the line's end: no header row.
  }
  return [];
}

function wholeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Without a byte-order mark and empty lines in front, which copying and exporting tools leave there. */
function withoutLead(bytes: Uint8Array): Uint8Array {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (bytes[at] === 10 || bytes[at] === 13) at++;
  return at === 0 ? bytes : bytes.subarray(at);
}

/** Bytes for a raw mail given as text; for callers that hold text, such as pasted mail. */
export function mailSourceOfText(path: string, text: string): MailSource {
  return { path, bytes: encodeRawMail(text) };
}
