/**
 * An opened environment in a guest. A guest that ends, or says nothing for longer than a call may take, is started
 * anew and its episodes are played again from their recorded turns, which gives the same episodes. What was asked of it
 * is then asked one at a time, so that whatever ends the guest again is known.
 */
import type { Settings } from '../../settings/settings';
import type { AutomaticSettings } from '../automatic';
import { EnvironmentError } from '../errors';
import type { Task } from '../types';
import { GuestGone, GuestLine } from './guest-line';
import type { Key3 } from './key';
import type { AskedTask, GuestModule, GuestTasks, PlayedTurn, RequestKind, Requests } from './protocol';
import type { JsonObject } from '../../conversation/types';
import type { HostTransport } from './transport';

/** Seconds that loading a file and making its tasks may take. */
export const LOAD_SECONDS = 60;

/** An episode as it can be played again. */
export interface RecordedEpisode {
  readonly id: number;
  readonly task: Task;
  readonly key: Key3;
  readonly turns: readonly PlayedTurn[];
}

/** What ended the guest although it did nothing else. */
export class Culprit extends Error {
  override name = 'Culprit';
  /** The call of the turn in which it happened; null when it was none. */
  readonly call: number | null;

  /** Whether the guest said nothing, and did not end by itself. */
  readonly silent: boolean;

  constructor({ message, silent }: GuestGone, call: number | null) {
    super(message);
    this.silent = silent;
    this.call = call;
  }
}

/** Loads a module in a new guest. @throws EnvironmentError when it cannot be loaded */
export async function loadGuest(transport: HostTransport, module: GuestModule, seconds: number) {
  const line = await GuestLine.start(transport);
  const info = await inTime(
    line,
    line.ask('load', { module }, seconds),
    { file: module.name, stage: 'load' },
    seconds,
  );
  return { line, info };
}

export class GuestSession {
  readonly #transport: HostTransport;
  readonly #module: GuestModule;
  readonly #settings: Settings;
  readonly #loadSeconds: number;
  #line: Promise<GuestLine> | null = null;
  /** Episodes that the present guest has. */
  #present = new WeakMap<GuestLine, Set<number>>();
  /** Settles when nothing is asked again any more; what is new waits for it. */
  #again: Promise<unknown> = Promise.resolve();
  #closed: EnvironmentError | null = null;

  constructor(transport: HostTransport, module: GuestModule, settings: Settings, loadSeconds: number) {
    this.#transport = transport;
    this.#module = module;
    this.#settings = settings;
    this.#loadSeconds = loadSeconds;
  }

  async open(): Promise<GuestTasks> {
    const { line, tasks } = await this.#start(false);
    this.#line = Promise.resolve(line);
    if (tasks === null) throw EnvironmentError.of('environment/gave-no-tasks', { file: this.#module.name });
    return tasks;
  }

  close(): void {
    this.#closed = EnvironmentError.of('environment/closed', { file: this.#module.name });
    this.#line?.then(
      (line) => line.end('closed'),
      () => undefined,
    );
  }

  /** @throws Culprit when the question itself ends the guest */
  async ask<K extends 'step' | 'outcome'>(
    episode: RecordedEpisode,
    kind: K,
    question: Requests[K]['ask'],
  ): Promise<Requests[K]['answer']> {
    const answer = await this.#asked(async (line) => {
      await this.#play(line, episode);
      line.forgetCall(episode.id);
      return line.ask<RequestKind>(kind, question, this.#patience);
    }, episode.id);
    return answer as Requests[K]['answer'];
  }

  askedTask(input: JsonObject): Promise<AskedTask> {
    return this.#asked((line) => line.ask('ask', { input }, this.#patience), null);
  }

  get #patience(): number {
    return (this.#settings as Settings & AutomaticSettings).toolTimeout;
  }

  async #asked<T>(question: (line: GuestLine) => Promise<T>, episode: number | null): Promise<T> {
    await this.#again;
    try {
      return await question(await this.#guest());
    } catch (error) {
      if (!(error instanceof GuestGone)) throw error;
      this.#assertOpen();
    }
    const alone = this.#again.then(() => this.#askedAlone(question, episode));
    this.#again = alone.catch(() => undefined);
    return alone;
  }

  async #askedAlone<T>(question: (line: GuestLine) => Promise<T>, episode: number | null): Promise<T> {
    const line = await this.#guest();
    try {
      return await question(line);
    } catch (error) {
      if (!(error instanceof GuestGone)) throw error;
      this.#assertOpen();
      throw new Culprit(error, episode === null ? null : line.lastCall(episode));
    }
  }

  async #play(line: GuestLine, { id, task, key, turns }: RecordedEpisode): Promise<void> {
    const present = this.#present.get(line);
    if (present?.has(id) === true) return;
    await line.ask('play', { episode: id, task, key, turns }, this.#patience);
    present?.add(id);
  }

  async #guest(): Promise<GuestLine> {
    this.#assertOpen();
    const held = this.#line;
    const present = await held;
    if (present?.isOpen === true) return present;
    // Of all who find it gone only the first starts the next.
    if (this.#line === held) this.#line = this.#start(true).then(({ line }) => line);
    return this.#line ?? this.#guest();
  }

  async #start(again: boolean): Promise<{ readonly line: GuestLine; readonly tasks: GuestTasks | null }> {
    const { line } = await loadGuest(this.#transport, this.#module, this.#loadSeconds);
    const opening = line.ask('open', { settings: this.#settings, again }, this.#loadSeconds);
    const what = { file: this.#module.name, stage: 'tasks' } as const;
    const tasks = await inTime(line, opening, what, this.#loadSeconds);
    this.#present.set(line, new Set());
    return { line, tasks };
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw this.#closed;
  }
}

/** @throws EnvironmentError when the guest ends, or the answer takes longer although the guest still speaks */
async function inTime<T>(
  line: GuestLine,
  answer: Promise<T>,
  what: { readonly file: string; readonly stage: 'load' | 'tasks' },
  seconds: number,
): Promise<T> {
  const timer = setTimeout(() => line.end(`no answer within ${seconds} seconds`), seconds * 1000);
  try {
    return await answer;
  } catch (error) {
    line.end('not usable');
    if (error instanceof GuestGone)
      throw EnvironmentError.of('environment/file-unfinished', { ...what, reason: error.message });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
