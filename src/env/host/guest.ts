/** The guest: imports a user's file and plays its episodes for whoever asks over a port. */
import type { ToolSchema } from '../../conversation/types';
import { told } from '../../errors';
import { EnvironmentError } from '../errors';
import { messageOf } from '../faults';
import { ToolEpisode } from '../tool-episode';
import type { Environment, Episode, OpenedEnvironment, Outcome, Split, TaskSource } from '../types';
import { STOP } from '../../conversation/stop';
import { importEnvironment, infoOf } from './guest-import';
import { KeyedRandom } from './key';
import type {
  AnyRequest,
  AskedTask,
  GuestMessage,
  GuestTasks,
  Opening,
  PlayedTurn,
  RequestOf,
  Requests,
  RequestKind,
} from './protocol';

/** A user's file makes its tasks itself. */
const NO_SOURCE: TaskSource = {
  name: 'built-in',
  read: (path) => Promise.reject(EnvironmentError.of('environment/no-files', { path })),
  list: () => Promise.resolve([]),
};

const ANY_KEY = [0, 0, 0] as const;

export class Guest {
  readonly #post: (message: GuestMessage) => void;
  readonly #episodes = new Map<number, Episode>();
  #environment: Environment | null = null;
  #opened: OpenedEnvironment | null = null;

  constructor(post: (message: GuestMessage) => void) {
    this.#post = post;
  }

  async receive(request: AnyRequest): Promise<void> {
    const { id } = request;
    try {
      this.#post({ kind: 'answer', id, value: await this.#answer(request) });
    } catch (error) {
      this.#post({
        kind: 'refused',
        id,
        told: error instanceof EnvironmentError ? told(error) : { message: `${messageOf(error)}.` },
      });
    }
  }

  #answer(request: AnyRequest): Requests[RequestKind]['answer'] | Promise<Requests[RequestKind]['answer']> {
    switch (request.kind) {
      case 'load':
        return this.#load(request);
      case 'open':
        return this.#open(request);
      case 'play':
        return this.#play(request);
      case 'step':
        return this.#step(request.episode, request);
      case 'outcome':
        return this.#outcome(request);
      case 'ask':
        return this.#ask(request);
      case 'ping':
        return null;
    }
  }

  async #load({ module }: RequestOf<'load'>) {
    this.#environment = await importEnvironment(module);
    return infoOf(this.#environment);
  }

  async #open({ settings, again }: RequestOf<'open'>): Promise<GuestTasks | null> {
    if (this.#environment === null) throw EnvironmentError.of('environment/not-loaded');
    const opened = await this.#environment.open(NO_SOURCE, { settings, hints: {} });
    this.#opened = opened;
    return again ? null : guestTasks(opened);
  }

  async #play({ episode, task, key, turns }: RequestOf<'play'>): Promise<null> {
    this.#episodes.set(episode, this.#environmentOpened().start(task, new KeyedRandom(key)));
    for (const played of turns) await this.#step(episode, played);
    return null;
  }

  #step(id: number, { turn, budget, late }: PlayedTurn) {
    const episode = this.#episode(id);
    if (episode instanceof ToolEpisode) {
      episode.onCall = (index) => {
        if (late?.index === index) return late.error;
        this.#post({ kind: 'calling', episode: id, index });
        return null;
      };
    }
    return episode.step(turn, budget);
  }

  #outcome({ episode: id, truncate }: RequestOf<'outcome'>): Outcome | Promise<Outcome> {
    const episode = this.#episode(id);
    if (truncate !== null)
      episode.truncate(truncate === STOP.outOfTurns ? STOP.outOfTurns : STOP.outOfContext);
    this.#episodes.delete(id);
    return episode.outcome();
  }

  async #ask({ input }: RequestOf<'ask'>): Promise<AskedTask> {
    const opened = this.#environmentOpened();
    if (opened.ask === undefined) throw EnvironmentError.of('environment/asks-nothing');
    const task = await opened.ask(input);
    const { messages, tools } = opened.start(task, new KeyedRandom(ANY_KEY));
    return { task, messages, tools };
  }

  #environmentOpened(): OpenedEnvironment {
    if (this.#opened !== null) return this.#opened;
    throw EnvironmentError.of('environment/not-opened');
  }

  #episode(id: number): Episode {
    const episode = this.#episodes.get(id);
    if (episode !== undefined) return episode;
    throw EnvironmentError.of('environment/no-episode', { episode: id });
  }
}

function guestTasks(opened: OpenedEnvironment): GuestTasks {
  const { tasks, expert, ask } = opened;
  const toolSets = new Map<string, { readonly place: number; readonly tools: readonly ToolSchema[] }>();
  const placeOf = (tools: readonly ToolSchema[]): number => {
    const key = JSON.stringify(tools);
    const known = toolSets.get(key) ?? { place: toolSets.size, tools };
    toolSets.set(key, known);
    return known.place;
  };
  const openingsOf = (split: Split): Opening[] =>
    tasks[split].map((task) => {
      const { messages, tools } = opened.start(task, new KeyedRandom(ANY_KEY));
      return { task, messages, tools: placeOf(tools), expert: expert?.(task) ?? null };
    });
  const openings = {
    train: openingsOf('train'),
    validation: openingsOf('validation'),
    test: openingsOf('test'),
  };
  return {
    openings,
    toolSets: [...toolSets.values()].map(({ tools }) => tools),
    hasExpert: expert !== undefined,
    asks: ask !== undefined,
  };
}
