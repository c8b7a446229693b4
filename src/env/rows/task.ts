/** One row as a task. */
import { ConversationError } from '../../conversation/errors';
import { isJsonObject, parseJson, pictureOf } from '../../conversation/json';
import { readMessages } from '../../conversation/messages';
import type { ChatMessage, JsonObject } from '../../conversation/types';
import { told } from '../../errors';
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import type { Task } from '../types';
import { findAnswer } from './answer';
import { isScalar } from './checks';
import { contentId } from './identity';
import type { RowRecord } from './records';
import type { RowsSettings } from './settings';

/** A task whose id is its row's own, or null where the row has none. */
export type RowTask = Omit<Task, 'id' | 'answer'> & { readonly id: string | null; readonly answer: string };

/** @throws EnvironmentError naming the row, what was found and what to do. */
export function rowTask({ fields, where }: RowRecord, settings: RowsSettings): RowTask {
  const { promptColumn, answerColumn } = settings;
  const info = infoOf(fields, settings);
  return {
    id: idOf(fields['id'], where),
    prompt: promptOf(valueAt(fields, promptColumn, 'promptColumn', where), [
      ...where,
      { column: promptColumn },
    ]),
    answer: answerOf(valueAt(fields, answerColumn, 'answerColumn', where), settings, [
      ...where,
      { column: answerColumn },
    ]),
    level: levelOf(info['level'] ?? info['difficulty']),
    info,
  };
}

/** The id of a task without one of its own: equal rows have equal ones. */
export function fallbackId({ prompt, answer }: Pick<Task, 'prompt' | 'answer'>): string {
  return contentId(JSON.stringify([prompt, answer]));
}

/** By the whole name, else along its dots; undefined when nothing is there. */
export function columnOf(fields: JsonObject, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      fields,
    );
}

function valueAt(fields: JsonObject, name: string, setting: keyof RowsSettings, where: Place): unknown {
  const value = columnOf(fields, name);
  if (value !== undefined && value !== null) return value;
  throw EnvironmentError.of('environment/row-empty', {
    where,
    column: name,
    found: pictureOf(fields),
    setting,
  });
}

/** @throws EnvironmentError unless the value is text or messages of which the last is the user's. */
export function promptOf(value: unknown, where: Place): readonly ChatMessage[] {
  if (typeof value === 'string') {
    if (value.trim() !== '') return [{ role: 'user', content: value }];
    throw EnvironmentError.of('environment/prompt-blank', { where });
  }
  const messages = messagesOf(value, where);
  const last = messages.at(-1)?.role;
  if (last === 'user') return messages;
  throw EnvironmentError.of('environment/prompt-end', { where, role: last ?? null });
}

function messagesOf(value: unknown, where: Place): readonly ChatMessage[] {
  try {
    return readMessages(value, where).messages;
  } catch (error) {
    if (error instanceof ConversationError)
      throw EnvironmentError.of('environment/prompt-messages', { problem: told(error) }, { cause: error });
    throw error;
  }
}

/**
 * The answer to compare with, as text; a list as its JSON text.
 * @throws EnvironmentError when there is none of a kind that the check can use.
 */
export function answerOf(value: unknown, settings: RowsSettings, where: Place): string {
  const { check, rowAnswerForm } = settings;
  if (check === 'one-of' && Array.isArray(value)) return JSON.stringify(value);
  if (!isScalar(value)) {
    throw EnvironmentError.of('environment/answer-kind', {
      where,
      found: pictureOf(value),
      isList: Array.isArray(value),
    });
  }
  const text = String(value);
  const answer = findAnswer(text, rowAnswerForm);
  if (answer !== null) return answer;
  throw EnvironmentError.of('environment/answer-form', {
    where,
    found: pictureOf(value),
    isBlank: text.trim() === '',
    form: rowAnswerForm,
  });
}

function idOf(value: unknown, where: Place): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (isScalar(value)) return String(value);
  throw EnvironmentError.of('environment/row-id', { where, found: pictureOf(value) });
}

/** A whole number from 1, alone or at the end of a text such as `Level 3`; anything else is level 1. */
function levelOf(value: unknown): number {
  const digits = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const level = Number(/(?:^|\s)(\d{1,9})$/.exec(digits)?.[1] ?? 1);
  return Math.max(1, level);
}

/** What `info` holds, and all columns that have no meaning of their own; a worked solution stays for the expert. */
function infoOf(fields: JsonObject, settings: RowsSettings): JsonObject {
  const own = [
    'id',
    'info',
    settings.promptColumn,
    ...(settings.rowAnswerForm === 'whole' ? [settings.answerColumn] : []),
  ];
  const columns = Object.fromEntries(Object.entries(fields).filter(([name]) => !own.includes(name)));
  const { info } = fields;
  const parsed = typeof info === 'string' ? parseJson(info) : { value: info };
  if ('value' in parsed && isJsonObject(parsed.value)) return { ...parsed.value, ...columns };
  return info === undefined || info === null ? columns : { ...columns, info };
}
