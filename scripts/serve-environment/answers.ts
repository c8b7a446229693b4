/** What the addresses of the Open Reward Standard answer, and those for drivers that count in tokens; no HTTP. */
import { turnWriter } from '../../src/chat/write';
import type { AssistantMessage, JsonObject, ToolSchema } from '../../src/conversation/types';
import { MailGymError } from '../../src/errors';
import { SPLITS, type Episode, type OpenedEnvironment, type Task } from '../../src/env/types';
import type { Trajectory } from '../../src/grpo/types';
import { Random } from '../../src/random/philox';
import { ServeError } from '../serve';
import { idsField, indexField, objectField, textField } from './request';
import type { ServedDeps, TurnReply } from './served-rollout';
import type { PlayedSession, Sessions } from './sessions';

/** Takes the text of an assistant's message that calls no tool; a tool of the environment's of that name wins. */
const FINAL_MESSAGE = 'final_message';

export interface ServedEnvironment extends ServedDeps {
  readonly tasks: OpenedEnvironment['tasks'];
  /** Of the environment, as addresses name it. */
  readonly id: string;
}

export class Answers {
  readonly #environment: ServedEnvironment;
  readonly #sessions: Sessions;

  constructor(environment: ServedEnvironment, sessions: Sessions) {
    this.#environment = environment;
    this.#sessions = sessions;
  }

  splits(): readonly JsonObject[] {
    return SPLITS.map((name) => ({ name, type: name }));
  }

  /** Of the first task; a session's own tools may be others. */
  tools(): JsonObject {
    return toolsAnswer(this.#opening(this.#sessions.task('train', 0)).tools);
  }

  tasks(body: JsonObject): JsonObject {
    const split = textField(body, 'split');
    const tasks = this.#sessions.tasks(split).map((task, index) => this.#spec(task, split, index));
    return { tasks, env_name: this.#environment.id };
  }

  count(body: JsonObject): JsonObject {
    return { num_tasks: this.#sessions.tasks(textField(body, 'split')).length };
  }

  task(body: JsonObject): JsonObject {
    const split = textField(body, 'split');
    const index = indexField(body, 'index');
    return {
      task: this.#spec(this.#sessions.task(split, index), split, index),
      env_name: this.#environment.id,
    };
  }

  range(body: JsonObject): JsonObject {
    const split = textField(body, 'split');
    const all = this.#sessions.tasks(split);
    const [start, stop] = ['start', 'stop'].map((name, i) =>
      body[name] === undefined || body[name] === null ? [0, all.length][i] : indexField(body, name),
    );
    const tasks = all.map((task, index) => this.#spec(task, split, index)).slice(start, stop);
    return { tasks, env_name: this.#environment.id };
  }

  async create(id: string, body: JsonObject): Promise<JsonObject> {
    const name = body['env_name'];
    if (typeof name === 'string' && name !== this.#environment.id) {
      throw ServeError.of('serve/other-environment', { asked: name, served: this.#environment.id });
    }
    const named =
      body['task_spec'] === undefined || body['task_spec'] === null ? body : objectField(body, 'task_spec');
    await this.#sessions.create(id, textField(named, 'split'), indexField(named, 'index'));
    return { sid: id };
  }

  prompt({ rollout }: PlayedSession): readonly JsonObject[] {
    return rollout.messages.map(({ content }) => ({ type: 'text', text: content, detail: null }));
  }

  messages({ rollout }: PlayedSession): readonly JsonObject[] {
    return rollout.messages.map(({ role, content }) => ({
      role,
      blocks: [{ type: 'text', text: content, detail: null }],
    }));
  }

  taskTools({ rollout }: PlayedSession): JsonObject {
    return toolsAnswer(rollout.tools);
  }

  /** A turn of one call, written as the served model writes it. */
  async call(session: PlayedSession, body: JsonObject): Promise<JsonObject> {
    const name = textField(body, 'name');
    const input = body['input'] === undefined ? {} : objectField(body, 'input');
    try {
      const { chat, parse } = this.#environment;
      const { rollout } = session;
      const reply = await rollout.turn(
        turnWriter(chat, parse, chat.form)(messageOf(name, input, rollout.tools)),
      );
      return { ok: true, output: output(reply, rollout.trajectory) };
    } catch (error) {
      if (!(error instanceof MailGymError)) throw error;
      return { ok: false, error: error.message, reason: 'input_validation' };
    }
  }

  /** What the prompt is, in messages and in tokens. */
  opening({ rollout }: PlayedSession): JsonObject {
    return { messages: rollout.messages, tools: rollout.tools, prompt_ids: rollout.promptIds };
  }

  /** A turn as it was sampled. */
  async turn({ rollout }: PlayedSession, body: JsonObject): Promise<JsonObject> {
    const { results, continuation } = await rollout.turn(idsField(body, 'ids'));
    return {
      results: results.map(({ name, content, isError }) => ({ name, content, is_error: isError })),
      continuation,
      outcome: outcomeAnswer(rollout.trajectory),
    };
  }

  /** No more turns come. */
  async end({ rollout }: PlayedSession): Promise<JsonObject> {
    return { outcome: outcomeAnswer(await rollout.end()) };
  }

  #spec(task: Task, split: string, index: number): JsonObject {
    const { id, level } = task;
    return { id, level, split, index, messages: this.#opening(task).messages };
  }

  /** Messages and tools follow from the task alone. */
  #opening(task: Task): Pick<Episode, 'messages' | 'tools'> {
    return this.#environment.start(task, new Random(0, 'opening'));
  }
}

function messageOf(name: string, input: JsonObject, tools: readonly ToolSchema[]): AssistantMessage {
  const text = input['text'];
  if (
    name === FINAL_MESSAGE &&
    typeof text === 'string' &&
    !tools.some((tool) => tool.function.name === name)
  )
    return { role: 'assistant', content: text };
  const call = { id: 'call_0_0', type: 'function', function: { name, arguments: input } } as const;
  return { role: 'assistant', content: '', tool_calls: [call] };
}

function toolsAnswer(tools: readonly ToolSchema[]): JsonObject {
  return {
    tools: tools.map(({ function: { name, description, parameters } }) => ({
      name,
      description,
      input_schema: parameters,
    })),
    terminal_tool: {
      name: FINAL_MESSAGE,
      arg: 'text',
      description: 'The text of a message that calls no tool.',
    },
  };
}

function output({ results }: TurnReply, trajectory: Trajectory | null): JsonObject {
  const outcome = outcomeAnswer(trajectory);
  return {
    blocks: results.map(({ content }) => ({ type: 'text', text: content, detail: null })),
    metadata: outcome,
    reward: outcome === null ? null : outcome['reward'],
    finished: outcome !== null,
  };
}

/** The reward of an episode that cannot be scored is null: TRL leaves such a rollout out. */
function outcomeAnswer(trajectory: Trajectory | null): JsonObject | null {
  if (trajectory === null) return null;
  const { reward, scorable, outcome, truncated } = trajectory;
  const { rewards, metrics, success, answer, stopCondition, turns, fault } = outcome;
  return {
    reward: scorable ? reward : null,
    ...{ rewards, metrics, success, answer },
    stop_condition: stopCondition,
    is_truncated: truncated,
    turns: turns.length,
    ...(fault === undefined ? {} : { fault }),
  };
}
