/** Definitions of environments, their tasks, tools and episodes. */
import type { Kind, TaskField } from '../../kind';
import type { Foreign, Tell, Told } from '../../types';
import { place, type At } from '../words';

export type Named = { environment: string; name: string };
type Weighed = { environment: string; part: string; set: string };

const KINDS: Readonly<Record<Extract<Kind, string>, string>> = {
  missing: 'missing',
  null: 'null',
  empty: 'empty',
  'empty-list': 'an empty list',
  list: 'a list',
  object: 'an object',
  function: 'a function',
};

const kind = (found: Kind): string =>
  typeof found === 'string' ? KINDS[found] : `${found.type} ${found.value}`;

const TASK_RULES: Readonly<Record<TaskField, string>> = {
  id: 'Give every task a text that no other task has.',
  prompt: 'Give text, or a list of messages { role, content } that is not empty.',
  answer: 'Give text or null.',
  level: 'Give a number from 1 upwards.',
  info: 'Give an object of data that JSON can hold: no functions, no cycles.',
};

export const definition = {
  'environment/no-tool': ({ environment, task }: { environment: string; task: string }) =>
    `The environment "${environment}" gives task "${task}" no tool. Give one, or leave tools out.`,
  'environment/system-no-text': ({
    environment,
    type,
    task,
  }: {
    environment: string;
    type: string;
    task: string;
  }) => `The environment "${environment}": system gave ${type} for task "${task}". Give text.`,
  'environment/id': ({ found }: { found: string }) =>
    `An environment has the id ${found}. Use up to 64 letters, digits, - and _, such as "countdown".`,
  'environment/tools-no-object': ({ where }: At) =>
    `${place(where)}: tools() gave no object. Return { name: tool(…), … }.`,
  'environment/tool-name': ({ where, name }: At & { name: string }) =>
    `${place(where)} has a tool named "${name}". Use up to 64 letters, digits and _, not beginning with a digit.`,
  'environment/no-tool-made': ({ where, name }: At & { name: string }) =>
    `${place(where)}: "${name}" is no tool. Make it with tool(description, schema, run).`,
  'environment/tool-lost': ({ where, description }: At & { description: string }) =>
    `${place(where)}: tools() made the tool “${description}”, but did not return it. Two tools of one name? Give each ` +
    'its own; make tools that only some tasks have only for those.',
  'environment/name-taken': ({ name }: { name: string }) =>
    `A file cannot be called "${name}", as a built-in environment is. Rename it.`,
  'environment/unknown': ({ name, known }: { name: string; known: readonly string[] }) =>
    `There is no environment "${name}". There are ${known.join(', ')}; on the command line the path of a file that ` +
    'defines one works too, and the page takes such a file.',
  'environment/tasks-no-list': ({ where, found }: At & { found: Kind }) =>
    `${place(where)}: tasks() gave ${kind(found)}. Return an array or another iterable of tasks.`,
  'environment/task-id-twice': ({ where, id }: At & { id: string }) =>
    `${place(where)}: two tasks have the id "${id}". Give each its own.`,
  'environment/no-tasks': ({ where }: At) =>
    `${place(where)}: tasks() gave none. Give at least one task for each split.`,
  'environment/task-no-object': ({ where, found }: At & { found: Kind }) =>
    `${place(where)} is ${kind(found)}. A task is an object with id and prompt.`,
  'environment/task-field': ({
    where,
    id,
    field,
    found,
  }: At & { id: string; field: TaskField; found: Kind }) =>
    `${place(where)}${field === 'id' ? '' : ` ("${id}")`}: ${field} is ${kind(found)}. ${TASK_RULES[field]}`,
  'environment/episode-running': ({ task, turns }: { task: string; turns: number }) =>
    `The episode of task "${task}" is still running after ${turns} turns. ` +
    'Ask for its outcome after step() was done, or after truncate().',
  'environment/episode-not-running': ({
    call,
    task,
    stop,
  }: {
    call: string;
    task: string;
    stop: string | null;
  }) =>
    `${call}() was called on the episode of task "${task}", which ${stop === null ? 'is still busy with a turn' : `has ended (${stop})`}. ` +
    (stop === null ? 'Wait for its step.' : 'Start a new episode.'),
  'environment/tool-no-schema': ({ description }: { description: string }) =>
    `The arguments of the tool “${description}” are no z.object. Write z.object({ name: z.string(), … }), or z.object({}) for none.`,
  'environment/tool-no-json-schema': ({ description, reason }: { description: string; reason: Foreign }) =>
    `The arguments of the tool “${description}” cannot be written as JSON Schema: ` +
    `${reason}. Use types that JSON has, and z.string() or z.enum() for the rest.`,
  'environment/tool-no-description': () =>
    'A tool has no description. Say in one sentence what it does: the policy reads it.',
  'environment/no-title': ({ environment }: { environment: string }) =>
    `The environment "${environment}" has no title. Give a few words for people.`,
  'environment/no-tasks-function': ({ environment }: { environment: string }) =>
    `The environment "${environment}" has no function tasks. Return the tasks of a split from it.`,
  'environment/setting-taken': ({ environment, name }: Named) =>
    `The environment "${environment}" has a setting "${name}", but every run has one of that name. Rename it.`,
  'environment/setting-default': (
    { environment, problem }: { environment: string; problem: Told },
    tell: Tell,
  ) => `The environment "${environment}" cannot be used: ${tell(problem)}`,
  'environment/metric-taken': ({ environment, name }: Named) =>
    `The environment "${environment}" has a metric "${name}", which every environment with tools has. Rename it.`,
  'environment/no-reward': ({ environment }: { environment: string }) =>
    `The environment "${environment}" has no reward. Name at least one, or leave rewards out.`,
  'environment/no-weights': ({ environment }: { environment: string }) =>
    `The environment "${environment}" has rewardWeights without a set. Name at least one, or leave rewardWeights out.`,
  'environment/weight-of-nothing': ({
    environment,
    part,
    set,
    parts,
  }: Weighed & { parts: readonly string[] }) =>
    `The environment "${environment}" weighs "${part}" in its set "${set}", but has no reward of that name. It has ${parts.join(', ')}.`,
  'environment/weight-not-finite': ({ environment, part, set, weight }: Weighed & { weight: number }) =>
    `The environment "${environment}" weighs "${part}" by ${weight} in its set "${set}". Give a finite number.`,
  'environment/name': ({ environment, what, name }: Named & { what: 'setting' | 'metric' | 'reward' }) =>
    `The environment "${environment}" has a ${what} named "${name}". Use up to 64 letters, digits and _, not beginning with a digit.`,
};
