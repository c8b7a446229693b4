/** Takes a split's tasks from the user's code and checks them. */
import type { ChatMessage, JsonObject } from '../conversation/types';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import type { AnyDefinition, TaskInput } from './definition';
import type { Kind, TaskField } from '../errors/texts/kind';
import type { Place } from '../errors/texts/place';
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
  const where = [{ environment: definition.id }, { split }];
  if (!isIterable(source)) {
    throw EnvironmentError.of('environment/tasks-no-list', { where, found: kindOf(source) });
  }
  const tasks: Task[] = [];
  const ids = new Set<string>();
  for await (const input of source) {
    signal?.throwIfAborted();
    const task = checkedTask(input, [...where, { taskNumber: tasks.length + 1 }]);
    if (ids.has(task.id)) {
      throw EnvironmentError.of('environment/task-id-twice', { where, id: task.id });
    }
    ids.add(task.id);
    tasks.push(task);
    if (tasks.length >= limit) break;
  }
  if (tasks.length > 0) return tasks;
  throw EnvironmentError.of('environment/no-tasks', { where });
}

/**
 * @param where of the task, for errors
 * @throws EnvironmentError when the task is not sound
 */
export function checkedTask(input: unknown, where: Place): Task {
  if (typeof input !== 'object' || input === null) {
    throw EnvironmentError.of('environment/task-no-object', { where, found: kindOf(input) });
  }
  const { id, prompt, answer = null, level = 1, info = {} } = input as Partial<TaskInput>;
  const refuse = (field: TaskField, found: unknown): never => {
    throw EnvironmentError.of('environment/task-field', { where, id: `${id}`, field, found: kindOf(found) });
  };
  if (typeof id !== 'string' || id === '') return refuse('id', id);
  if (!isPrompt(prompt)) {
    return refuse('prompt', prompt);
  }
  if (answer !== null && typeof answer !== 'string') return refuse('answer', answer);
  if (typeof level !== 'number' || !(level >= 1)) return refuse('level', level);
  if (!isData(info)) return refuse('info', info);
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

function kindOf(value: unknown): Kind {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'empty-list' : 'list';
  if (typeof value === 'object') return 'object';
  return typeof value === 'function' ? 'function' : { type: typeof value, value: String(value).slice(0, 40) };
}
