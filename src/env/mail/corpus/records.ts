/** Reads {@link Email} and {@link Question} records from JSON Lines, saying which line is wrong and how. */
import { pictureOf } from '../../../conversation/json';
import type { Expected } from '../../../errors/texts/en/corpus';
import type { Place } from '../../../errors/texts/place';
import { STAGES, type Stage } from '../../types';
import type { ExpertCall } from '../expert';
import { isToolName } from '../tools';
import {
  CorpusError,
  EVIDENCE_FIELDS,
  type BodyMark,
  type Email,
  type Evidence,
  type EvidenceField,
  type Question,
} from './types';
import { parseDay } from './query';

/** A JSON object with where it came from, for messages. */
export interface JsonLine {
  /** From 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Splits JSON Lines; blank lines are skipped. CRLF and a byte-order mark are accepted.
 * @param file or whatever the text comes from, for errors
 * @throws CorpusError naming `file` and the line that is not a JSON object.
 */
export function* jsonLines(text: string, file: Place): Generator<JsonLine> {
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const json = raw.trim();
    if (json === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      throw CorpusError.of('corpus/line-no-json', { where: [...file, { line }], reason: messageOf(error) });
    }
    if (!isRecord(value)) {
      throw CorpusError.of('corpus/no-object', { where: [...file, { line }], found: pictureOf(value) });
    }
    yield { line, fields: value };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Absent messageId, date, to, cc and bcc read as empty. `where` is the record's place, for errors. @throws CorpusError */
export function emailOf(fields: Readonly<Record<string, unknown>>, where: Place): Email {
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
    ...reader.optionalNames(),
    ...optional('deliveredTo', reader.texts('deliveredTo')),
    ...optional('references', reader.texts('references')),
    ...(fields['threadId'] === undefined ? {} : { threadId: reader.filled('threadId') }),
    ...optional('marks', reader.marks()),
    ...optional('labels', reader.texts('labels')),
    ...optional('attachments', reader.texts('attachments')),
  };
}

/** A list under its name; nothing for an empty one, as the optional fields of {@link Email} ask. */
export function optional<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [N in Name]?: readonly Item[] } {
  return (items.length === 0 ? {} : { [name]: items }) as { readonly [N in Name]?: readonly Item[] };
}

/** Absent aliases, emailIds, family and level read as empty (level 1). `where` as in {@link emailOf}. @throws CorpusError */
export function questionOf(fields: Readonly<Record<string, unknown>>, where: Place): Question {
  const reader = new FieldReader(fields, where);
  const queryDate = reader.filled('queryDate');
  if (parseDay(queryDate) === null) reader.fail('queryDate', 'day', queryDate);
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
    ...madeFields(reader),
  };
}

/** What only made questions have; nothing for the others. @throws CorpusError */
export function madeFields(reader: FieldReader): Pick<Question, 'expert' | 'evidence' | 'stage'> {
  const stage = reader.stage();
  return {
    ...optional('expert', reader.calls('expert')),
    ...optional('evidence', reader.evidence('evidence')),
    ...(stage === null ? {} : { stage }),
  };
}

/** Typed access to the fields of one record. */
export class FieldReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: Place;

  constructor(fields: Readonly<Record<string, unknown>>, where: Place) {
    this.#fields = fields;
    this.#where = where;
  }

  text(name: string, absent?: string): string {
    const value = this.#fields[name] ?? absent;
    return typeof value === 'string' ? value : this.fail(name, 'text', this.#fields[name]);
  }

  filled(name: string): string {
    const value = this.text(name);
    return value.trim() === '' ? this.fail(name, 'filled-text', value) : value;
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
      return this.fail(name, 'texts', value);
    }
    return value;
  }

  optionalNames(): Pick<Email, 'names'> {
    const value = this.#fields['names'];
    if (value === undefined) return {};
    if (!isRecord(value) || !Object.values(value).every((name): name is string => typeof name === 'string')) {
      return this.fail('names', 'names', value);
    }
    return { names: value as Readonly<Record<string, string>> };
  }

  marks(): readonly BodyMark[] {
    const value = this.#fields['marks'] ?? [];
    if (!Array.isArray(value) || !value.every(isMark)) return this.fail('marks', 'marks', value);
    return value;
  }

  stage(): Stage | null {
    const value = this.#fields['stage'];
    if (value === undefined || STAGES.some((stage) => stage === value))
      return (value as Stage | undefined) ?? null;
    return this.fail('stage', 'stage', value);
  }

  calls(name: string): readonly ExpertCall[] {
    const value = this.#fields[name] ?? [];
    return Array.isArray(value) && value.every(isCall) ? value : this.fail(name, 'calls', value);
  }

  /** Message-IDs are read with or without angle brackets. */
  evidence(name: string): readonly Evidence[] {
    const value = this.#fields[name] ?? [];
    const read = Array.isArray(value) ? value.map(evidenceOf) : [null];
    return read.every((item) => item !== null) ? read : this.fail(name, 'evidence', value);
  }

  numberOrNull(name: string): number | null {
    const value = this.#fields[name] ?? null;
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
    return this.fail(name, 'number-or-null', value);
  }

  /** @throws CorpusError always */
  fail(name: string, expected: Expected, found: unknown): never {
    throw CorpusError.of('corpus/field', { where: this.#where, name, expected, found: pictureOf(found) });
  }
}

function isCall(value: unknown): value is ExpertCall {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    isToolName(value['name']) &&
    isRecord(value['arguments'])
  );
}

function evidenceOf(value: unknown): Evidence | null {
  if (!isRecord(value)) return null;
  const { field, start, end } = value;
  const messageId = value['messageId'] ?? value['message_id'];
  const isSound =
    typeof messageId === 'string' &&
    EVIDENCE_FIELDS.some((known) => known === field) &&
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end);
  if (!isSound) return null;
  return {
    messageId: messageId.replace(/^<|>$/g, ''),
    field: field as EvidenceField,
    start: start as number,
    end: end as number,
  };
}

function isMark(value: unknown): value is BodyMark {
  if (!isRecord(value)) return false;
  const { kind, start, end } = value;
  return (
    (kind === 'quote' || kind === 'forward' || kind === 'signature') &&
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end)
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
