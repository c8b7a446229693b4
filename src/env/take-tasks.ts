/** Takes a split's tasks from the user's code and checks them. */
import type { ChatMessage, JsonObject } from '../conversation/types';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import type { AnyDefinition, TaskInput } from './definition';
import { EnvironmentError } from './errors';
import type { Split, Task } from './types';

/** @throws EnvironmentError when a task is not sound, an id comes twice, or there is none */
export async function takeTasks(
  definition: AnyDefinition,
  split: Split,
  settings: Settings,
  signal?: AbortSignal,
): Promise<Task[]> {
  const limit = split === 'train' ? settings.trainDatasetSize : settings.evalDatasetSize;
  const random = new Random(split === 'train' ? settings.seed : 0, `tasks/${definition.id}/${split}`);
  const source: unknown = await definition.tasks({ split, random, settings });
  const where = `The environment "${definition.id}", split ${split}`;
  if (!isIterable(source)) {
    throw new EnvironmentError(
      `${where}: tasks() gave ${kind(source)}. Return an array or another iterable of tasks.`,
    );
  }
  const tasks: Task[] = [];
  const ids = new Set<string>();
  for await (const input of source) {
    signal?.throwIfAborted();
    const task = checkedTask(input, `${where}, task ${tasks.length + 1}`);
    if (ids.has(task.id)) {
      throw new EnvironmentError(`${where}: two tasks have the id "${task.id}". Give each its own.`);
    }
    ids.add(task.id);
    tasks.push(task);
    if (tasks.length >= limit) break;
  }
  if (tasks.length > 0) return tasks;
  throw new EnvironmentError(`${where}: tasks() gave none. Give at least one task for each split.`);
}

/**
 * @param where to start the error with
 * @throws EnvironmentError when the task is not sound
 */
export function checkedTask(input: unknown, where: string): Task {
  if (typeof input !== 'object' || input === null) {
    throw new EnvironmentError(`${where} is ${kind(input)}. A task is an object with id and prompt.`);
  }
  const { id, prompt, answer = null, level = 1, info = {} } = input as Partial<TaskInput>;
  const refuse = (field: string, found: unknown, rule: string): never => {
    throw new EnvironmentError(
      `${where}${field === 'id' ? '' : ` ("${id}")`}: ${field} is ${kind(found)}. ${rule}`,
    );
  };
  if (typeof id !== 'string' || id === '')
    return refuse('id', id, 'Give every task a text that no other task has.');
  if (!isPrompt(prompt)) {
    return refuse('prompt', prompt, 'Give text, or a list of messages { role, content } that is not empty.');
  }
  if (answer !== null && typeof answer !== 'string') return refuse('answer', answer, 'Give text or null.');
  if (typeof level !== 'number' || !(level >= 1))
    return refuse('level', level, 'Give a number from 1 upwards.');
  if (!isData(info))
    return refuse('info', info, 'Give an object of data that JSON can hold: no functions, no cycles.');
  return {
    id,
    prompt: typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt,
    answer,
    level,
    info,
  };
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

function isPrompt(prompt: unknown): prompt is string | readonly ChatMessage[] {
  if (typeof prompt === 'string') return prompt !== '';
  return (
    Array.isArray(prompt) &&
    prompt.length > 0 &&
    prompt.every(
      (message: unknown) =>
        typeof message === 'object' &&
        message !== null &&
        'role' in message &&
        ['system', 'user', 'assistant', 'tool'].includes(String(message.role)) &&
        'content' in message &&
        typeof message.content === 'string',
    )
  );
}

/** Whether it can go to another thread and into a hash. */
function isData(info: unknown): info is JsonObject {
  if (typeof info !== 'object' || info === null || Array.isArray(info)) return false;
  try {
    structuredClone(info);
    JSON.stringify(info);
    return true;
  } catch {
    return false;
  }
}

function kind(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value).slice(0, 40)}`;
}
