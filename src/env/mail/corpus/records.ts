/** Reads {@link Email} and {@link Question} records from JSON Lines, saying which line is wrong and how. */
import { CorpusError, type Email, type Question } from './types';
import { parseDay } from './query';

/** A JSON object with where it came from, for messages. */
export interface JsonLine {
  /** From 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Splits JSON Lines; blank lines are skipped. CRLF and a byte-order mark are accepted.
 * @throws CorpusError naming `file` and the line that is not a JSON object.
 */
export function* jsonLines(text: string, file: string): Generator<JsonLine> {
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const json = raw.trim();
    if (json === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      throw new CorpusError(
        `${file} line ${line} is not JSON (${messageOf(error)}). Fix or remove the line.`,
      );
    }
    if (!isRecord(value)) {
      throw new CorpusError(`${file} line ${line} should be a JSON object, found ${describe(value)}.`);
    }
    yield { line, fields: value };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Absent messageId, date, to, cc and bcc read as empty. `where` names the record in messages. @throws CorpusError */
export function emailOf(fields: Readonly<Record<string, unknown>>, where: string): Email {
  const reader = new FieldReader(fields, where);
  return {
    id: reader.filled('id'),
    messageId: reader.text('messageId', ''),
    date: reader.numberOrNull('date'),
    from: reader.text('from', ''),
    to: reader.texts('to'),
    cc: reader.texts('cc'),
    bcc: reader.texts('bcc'),
    subject: reader.text('subject'),
    body: reader.text('body'),
  };
}

/** Absent aliases, emailIds, family and level read as empty (level 1). `where` as in {@link emailOf}. @throws CorpusError */
export function questionOf(fields: Readonly<Record<string, unknown>>, where: string): Question {
  const reader = new FieldReader(fields, where);
  const queryDate = reader.filled('queryDate');
  if (parseDay(queryDate) === null) reader.fail('queryDate', 'a date YYYY-MM-DD', queryDate);
  return {
    id: reader.filled('id'),
    question: reader.filled('question'),
    answer: reader.filled('answer'),
    aliases: reader.texts('aliases'),
    emailIds: reader.texts('emailIds'),
    inbox: reader.filled('inbox'),
    queryDate,
    family: reader.text('family', ''),
    level: reader.numberOrNull('level') ?? 1,
  };
}

/** Typed access to the fields of one record. */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(fields: Readonly<Record<string, unknown>>, where: string) {
    this.#fields = fields;
    this.#where = where;
  }

  text(name: string, absent?: string): string {
    const value = this.#fields[name] ?? absent;
    return typeof value === 'string' ? value : this.fail(name, 'text', this.#fields[name]);
  }

  filled(name: string): string {
    const value = this.text(name);
    return value.trim() === '' ? this.fail(name, 'a text that is not blank', value) : value;
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
      return this.fail(name, 'a list of texts', value);
    }
    return value;
  }

  numberOrNull(name: string): number | null {
    const value = this.#fields[name] ?? null;
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
    return this.fail(name, 'a number or null', value);
  }

  /** @throws CorpusError always */
  fail(name: string, expected: string, found: unknown): never {
    throw new CorpusError(`${this.#where}: "${name}" should be ${expected}, found ${describe(found)}.`);
  }
}

/** A short picture of a JSON value for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
