/** The door for users: plain functions and zod schemas in, an environment out. */
import type { ChatMessage, JsonObject } from '../conversation/types';
import { Random } from '../random/philox';
import type { SettingValue, Settings } from '../settings/settings';
import type { ChoiceRule } from '../settings/setting-info';
import type { AutomaticSettings } from './automatic';
import type { AnyDefinition, EnvironmentDefinition } from './definition';
import { describe } from './describe';
import { EnvironmentError } from './errors';
import { expertMessages } from './expert-messages';
import { offeredTools, type OfferedTools } from './offered-tools';
import { checkedTask, takeTasks } from './take-tasks';
import { ToolEpisode } from './tool-episode';
import type { Environment, OpenedEnvironment, Split, Task } from './types';

export { z } from 'zod';
export { tool, type Finish, type Tool, type ToolContext } from './tool';
export { count, onOff, real, text } from '../settings/setting-info';
export type * from './definition';

/** One of these texts. */
export function choice<T extends string>(...choices: readonly T[]): ChoiceRule<T> {
  return { kind: 'choice', choices };
}

/**
 * Makes an environment of its short form: settings, metrics, reward parts, checks and messages follow from it.
 * @throws EnvironmentError when the definition cannot work as it is
 */
export function defineEnvironment<
  Info extends JsonObject = JsonObject,
  State extends object = Record<string, unknown>,
  const Own extends Readonly<Record<string, SettingValue>> = Readonly<Record<never, SettingValue>>,
>(definition: EnvironmentDefinition<Info, State, Own>): Environment {
  // From here on the author's types are only promises: tasks are checked, and nothing else reads them.
  const own = definition as unknown as AnyDefinition;
  return {
    ...describe(own),
    open: async (_source, { settings, signal }) => {
      const tasksOf = (split: Split) => takeTasks(own, split, settings, signal);
      // One after the other: user code may keep a generator's state between splits.
      const train = await tasksOf('train');
      const tasks = { train, validation: await tasksOf('validation'), test: await tasksOf('test') };
      return opened(own, tasks, settings as Settings & AutomaticSettings);
    },
  };
}

function opened(
  definition: AnyDefinition,
  tasks: OpenedEnvironment['tasks'],
  settings: Settings & AutomaticSettings,
): OpenedEnvironment {
  const { id, title, expert, ask } = definition;
  const start = (task: Task, random: Random): ToolEpisode => {
    const state = definition.state?.(task) ?? {};
    return new ToolEpisode({
      definition,
      task,
      state,
      settings,
      messages: opening(definition, task, settings),
      tools: toolsOf(definition, task, settings, state),
      // Drawn, not passed on: whoever plays the episode elsewhere can be given three numbers.
      random: new Random(random.uint32(), `episode/${id}`, random.uint32(), random.uint32()),
    });
  };
  const environment = {
    title,
    tasks,
    start,
    ...(expert === undefined
      ? {}
      : {
          expert: (task: Task) => {
            const turns = expert.call(definition, task, { settings });
            return turns === null ? null : expertMessages(turns);
          },
        }),
    ...(ask === undefined
      ? {}
      : {
          ask: (input: JsonObject) =>
            checkedTask(ask.call(definition, input, { settings }), [
              { environment: id },
              { asked: 'task-of-environment' },
            ]),
        }),
    close: () => undefined,
  };
  return environment;
}

function toolsOf(definition: AnyDefinition, task: Task, settings: Settings, state: object): OfferedTools {
  const { id, tools } = definition;
  if (tools === undefined) return new Map();
  const offered = offeredTools(id, () => tools.call(definition, task, { settings, state }));
  if (offered.size > 0) return offered;
  throw EnvironmentError.of('environment/no-tool', { environment: id, task: task.id });
}

function opening({ system, id }: AnyDefinition, task: Task, settings: Settings): readonly ChatMessage[] {
  const content = typeof system === 'function' ? system({ task, settings }) : system;
  if (content === undefined || content === '') return task.prompt;
  if (typeof content === 'string') return [{ role: 'system', content }, ...task.prompt];
  throw EnvironmentError.of('environment/system-no-text', {
    environment: id,
    type: typeof content,
    task: task.id,
  });
}
