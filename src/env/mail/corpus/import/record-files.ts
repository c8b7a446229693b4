/** Mail in files of records: JSON, JSON Lines, separated values. */
import { isRecord, messageOf } from '../records';
import { CorpusError } from '../types';
import { CsvReader, csvRows, type Delimiter } from './csv';
import { dayFirstOf } from './date';
import { dateTexts, isMailRecord, mailOfRecord, type RecordMail } from './record';
import { squadParagraphs } from './squad';
import { textLines } from './text-pieces';
import type { FoundMail } from './sources';

/** JSON that is no JSON Lines is read whole. */
export const MAX_JSON_CHARACTERS = 256 * 1024 * 1024;
/** Rows that are looked at to tell 3/4/2025 from 4/3/2025. */
const SAMPLED_ROWS = 200;

/** @param head the first text of the file @throws CorpusError when the file is nothing of the kind */
export function findRecords(
  path: string,
  head: string,
  texts: AsyncIterable<string>,
): AsyncGenerator<FoundMail> {
  const start = head.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return findJson(path, texts);
  const delimiter = ([',', ';', '\t'] as const).find((each) => isMailRecord(firstRow(head, each)));
  if (delimiter === undefined) throw CorpusError.of('corpus/no-mail-file');
  return findCsv(path, delimiter, texts);
}

async function* findJson(path: string, texts: AsyncIterable<string>): AsyncGenerator<FoundMail> {
  const lines = textLines(texts)[Symbol.asyncIterator]();
  const read: string[] = [];
  let length = 0;
  // The first line tells: a record, and more below it, is JSON Lines.
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    read.push(next.value);
    if (next.value.trim() === '') continue;
    length += next.value.length;
    const isFirst = length === next.value.length;
    if (isFirst && isRecord(parsed(next.value)) && squadParagraphs(parsed(next.value)) === null) {
      const second = await filledLine(lines, read);
      if (second === null) yield recordMail(path, parsed(next.value));
      else yield* jsonLinesOf(path, read, lines);
      return;
    }
    if (length > MAX_JSON_CHARACTERS)
      throw CorpusError.of('corpus/json-too-large', { limit: MAX_JSON_CHARACTERS });
  }
  yield* wholeJson(path, read);
}

/** Reads on to the next line that is not blank; null when there is none. */
async function filledLine(lines: AsyncIterator<string>, read: string[]): Promise<string | null> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    read.push(next.value);
    if (next.value.trim() !== '') return next.value;
  }
  return null;
}

function* wholeJson(path: string, lines: readonly string[]): Generator<FoundMail> {
  const whole = parsed(lines.join('\n'));
  const paragraphs = isRecord(whole) || Array.isArray(whole) ? squadParagraphs(whole) : null;
  if (paragraphs !== null) {
    for (const [i, { context }] of paragraphs.entries()) {
      yield { source: `${path}#${i + 1}`, read: () => mailOfRecord({ raw: context }) };
    }
  } else if (Array.isArray(whole)) {
    for (const [i, value] of whole.entries()) yield recordMail(`${path}#${i + 1}`, value);
  } else if (isRecord(whole)) {
    yield recordMail(path, whole);
  } else {
    for (const [i, line] of lines.entries()) yield* lineMail(path, i + 1, line);
  }
}

async function* jsonLinesOf(
  path: string,
  read: readonly string[],
  lines: AsyncIterator<string>,
): AsyncGenerator<FoundMail> {
  for (const [i, line] of read.entries()) yield* lineMail(path, i + 1, line);
  let number = read.length;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    yield* lineMail(path, ++number, next.value);
  }
}

function* lineMail(path: string, number: number, line: string): Generator<FoundMail> {
  if (line.trim() === '') return;
  const source = `${path}#${number}`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    yield refusedMail(source, CorpusError.of('corpus/item-no-json', { reason: messageOf(error) }));
    return;
  }
  yield recordMail(source, value);
}

function recordMail(source: string, value: unknown): FoundMail {
  if (!isRecord(value)) return refusedMail(source, CorpusError.of('corpus/item-no-object'));
  return { source, read: () => mailOfRecord(value) };
}

async function* findCsv(
  path: string,
  delimiter: Delimiter,
  texts: AsyncIterable<string>,
): AsyncGenerator<FoundMail> {
  const reader = new CsvReader(delimiter);
  let names: readonly string[] | undefined;
  let row = 0;
  let dayFirst: boolean | undefined;
  let sample: string[][] = [];
  const mailOf = (fields: readonly string[]): FoundMail => {
    const columns = names ?? [];
    const source = `${path}#${++row}`;
    if (fields.length !== columns.length) {
      return refusedMail(
        source,
        CorpusError.of('corpus/row-fields', { fields: fields.length, columns: columns.length }),
      );
    }
    const record = recordOf(columns, fields);
    return { source, read: (): Promise<RecordMail> => mailOfRecord(record, { dayFirst: dayFirst ?? false }) };
  };
  const flush = function* (): Generator<FoundMail> {
    dayFirst ??= dayFirstOf(sample.flatMap((fields) => dateTexts(recordOf(names ?? [], fields))));
    for (const fields of sample) yield mailOf(fields);
    sample = [];
  };
  const take = function* (rows: Iterable<string[]>): Generator<FoundMail> {
    for (const fields of rows) {
      if (names === undefined) names = fields;
      else if (dayFirst === undefined) {
        sample.push(fields);
        if (sample.length === SAMPLED_ROWS) yield* flush();
      } else yield mailOf(fields);
    }
  };
  try {
    for await (const text of texts) yield* take(reader.push(text));
    yield* take(reader.end());
    yield* flush();
  } catch (error) {
    yield* flush();
    yield refusedMail(`${path}#${row + 1}`, error);
  }
}

function recordOf(names: readonly string[], fields: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name, i) => [name, fields[i]]));
}

function refusedMail(source: string, error: unknown): FoundMail {
  return { source, read: () => Promise.reject(error instanceof Error ? error : new Error(messageOf(error))) };
}

function firstRow(head: string, delimiter: Delimiter): readonly string[] {
  const line = head.split(/\r?\n/, 1)[0] ?? '';
  try {
    for (const row of csvRows(line, delimiter)) return row;
  } catch {
    // A quote that is open at the line's end: no header row.
  }
  return [];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
