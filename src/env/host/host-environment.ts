/** Our side of a user's file: an environment like any other, whose code runs in a guest. */
import type { AssistantMessage, ChatMessage, JsonObject, ToolSchema } from '../../conversation/types';
import type { Random } from '../../random/philox';
import type { Settings } from '../../settings/settings';
import type { AutomaticSettings } from '../automatic';
import { EnvironmentError } from '../errors';
import {
  SPLITS,
  type Environment,
  type EnvironmentInfo,
  type OpenedEnvironment,
  type OpenOptions,
  type Task,
} from '../types';
import { hashEnvironment } from './hash';
import { HostedEpisode } from './hosted-episode';
import { drawKey } from './key';
import { prepareModule } from './prepare';
import type { GuestModule, GuestTasks } from './protocol';
import { GuestSession, LOAD_SECONDS, loadGuest } from './session';
import type { HostTransport } from './transport';

/** A user's file that has been loaded once. */
export interface EnvironmentHost {
  readonly transport: HostTransport;
  readonly module: GuestModule;
  /** As the user wrote it. */
  readonly text: string;
  readonly info: EnvironmentInfo;
  readonly loadSeconds: number;
}

export interface HostOptions {
  readonly transport: HostTransport;
  /** Of the file, for messages. */
  readonly name: string;
  readonly text: string;
  /** Seconds that loading the file and making its tasks may take; default {@link LOAD_SECONDS}. */
  readonly loadSeconds?: number;
}

export interface HostedOpened extends OpenedEnvironment {
  readonly hash: string;
  /** Absent where the file has no `ask`; the file's thread makes the task. */
  ask?(input: JsonObject): Promise<Task>;
}

export interface HostedEnvironment extends Environment {
  open(source: unknown, options: OpenOptions): Promise<HostedOpened>;
}

/** @throws EnvironmentError when the file cannot be loaded or defines no environment; the text names file and line */
export async function openHost(options: HostOptions): Promise<EnvironmentHost> {
  const { transport, name, text, loadSeconds = LOAD_SECONDS } = options;
  const module = await prepareModule(name, text, transport.nodeModules);
  const { line, info } = await loadGuest(transport, module, loadSeconds);
  // Every opening has a guest of its own; this one has said what it is there for.
  line.end('not needed');
  return { transport, module, text, info, loadSeconds };
}

export function hostEnvironment(host: EnvironmentHost): HostedEnvironment {
  return { ...host.info, open: (_source, options) => openHosted(host, options) };
}

interface Known {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  readonly expert: readonly AssistantMessage[] | null;
}

async function openHosted(host: EnvironmentHost, { settings, signal }: OpenOptions): Promise<HostedOpened> {
  signal?.throwIfAborted();
  const session = new GuestSession(host.transport, host.module, settings, host.loadSeconds);
  const close = (): void => session.close();
  signal?.addEventListener('abort', close, { once: true });
  const guestTasks = await session.open().catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  const known = knownTasks(guestTasks);
  const tasks = Object.fromEntries(
    SPLITS.map((split) => [split, guestTasks.openings[split].map(({ task }) => task)]),
  ) as unknown as OpenedEnvironment['tasks'];
  const { toolTimeout } = settings as Settings & AutomaticSettings;
  let episodes = 0;
  const start = (task: Task, random: Random): HostedEpisode => {
    const { messages, tools } = opening(known, task, host.module.name);
    const id = episodes++;
    return new HostedEpisode({
      id,
      task,
      key: drawKey(random),
      session,
      info: host.info,
      messages,
      tools,
      toolTimeout,
    });
  };
  const ask = async (input: JsonObject): Promise<Task> => {
    const { task, messages, tools } = await session.askedTask(input);
    known.set(keyOf(task), { messages, tools, expert: null });
    return task;
  };
  return {
    title: host.info.title,
    hash: await hashEnvironment(host.text, tasks),
    tasks,
    start,
    ...(guestTasks.hasExpert
      ? { expert: (task: Task) => opening(known, task, host.module.name).expert }
      : {}),
    ...(guestTasks.asks ? { ask } : {}),
    close,
  };
}

/** A task may have been to another thread and back: it is known by what it says. */
const keyOf = (task: Task): string => JSON.stringify(task);

function knownTasks({ openings, toolSets }: GuestTasks): Map<string, Known> {
  const all = SPLITS.flatMap((split) => openings[split]);
  return new Map(
    all.map(({ task, messages, tools, expert }) => [
      keyOf(task),
      { messages, tools: toolSets[tools] ?? [], expert },
    ]),
  );
}

function opening(known: ReadonlyMap<string, Known>, task: Task, file: string): Known {
  const found = known.get(keyOf(task));
  if (found !== undefined) return found;
  throw EnvironmentError.of('environment/foreign-task', { task: task.id, file });
}
