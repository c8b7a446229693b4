/** The sessions of a server: an episode each, at most so many, ended when nobody asks for them. */
import { SPLITS, type OpenedEnvironment, type Task } from '../../src/env/types';
import { ServeError } from '../serve';
import { ServedRollout, type ServedDeps } from './served-rollout';

export interface SessionLimits {
  /** Most sessions at once. */
  readonly maxSessions: number;
  /** Minutes without a request after which a session is ended. */
  readonly idleMinutes: number;
}

export interface PlayedSession {
  readonly task: Task;
  readonly rollout: ServedRollout;
  /** The last call that a client may ask for again after a broken connection. */
  lastCall: { readonly id: string; readonly answer: Promise<string> } | null;
}

interface Held extends PlayedSession {
  /** Milliseconds, of the clock that the sessions have. */
  seen: number;
}

export class Sessions {
  readonly #deps: ServedDeps & Pick<OpenedEnvironment, 'tasks'>;
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  /** Episodes begun, by split and place of the task. */
  readonly #begun = new Map<string, number>();

  /** @param now milliseconds */
  constructor(
    deps: ServedDeps & Pick<OpenedEnvironment, 'tasks'>,
    limits: SessionLimits,
    now: () => number = () => performance.now(),
  ) {
    this.#deps = deps;
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#held.size;
  }

  /** @throws ServeError */
  tasks(split: string): readonly Task[] {
    const known = SPLITS.find((one) => one === split);
    if (known === undefined) throw ServeError.of('serve/no-split', { split, known: SPLITS });
    return this.#deps.tasks[known];
  }

  /** @throws ServeError */
  task(split: string, index: number): Task {
    const tasks = this.tasks(split);
    const task = tasks[index];
    if (task !== undefined) return task;
    throw ServeError.of('serve/no-task', { split, index, tasks: tasks.length });
  }

  /** @throws ServeError when the id is taken, or all sessions are; TrainingError when the prompt does not fit */
  async create(id: string, split: string, index: number): Promise<PlayedSession> {
    const task = this.task(split, index);
    this.sweep();
    if (this.#held.has(id)) throw ServeError.of('serve/session-exists', { session: id });
    const most = this.#limits.maxSessions;
    if (this.#held.size >= most) throw ServeError.of('serve/too-many-sessions', { most });
    const key = `${split}/${index}`;
    const number = this.#begun.get(key) ?? 0;
    this.#begun.set(key, number + 1);
    const rollout = await ServedRollout.open(this.#deps, task, { task: index, number });
    const session: Held = { task, rollout, lastCall: null, seen: this.#now() };
    this.#held.set(id, session);
    return session;
  }

  /** The session of that id, which counts as seen. @throws ServeError */
  get(id: string): PlayedSession {
    this.sweep();
    const session = this.#held.get(id);
    if (session === undefined) {
      throw ServeError.of('serve/no-session', { session: id, idleMinutes: this.#limits.idleMinutes });
    }
    session.seen = this.#now();
    return session;
  }

  /** Of a session that is not there, nothing is to be done. */
  async delete(id: string): Promise<void> {
    const session = this.#held.get(id);
    this.#held.delete(id);
    if (session !== undefined && !session.rollout.isPlaying) await session.rollout.end();
  }

  /** Ends sessions that nobody asked for; one that is playing a turn is not idle. */
  sweep(): void {
    const since = this.#now() - this.#limits.idleMinutes * 60_000;
    for (const [id, { seen, rollout }] of this.#held) {
      // A tool that fails while its episode is ended has nobody left to tell.
      if (seen < since && !rollout.isPlaying) this.delete(id).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#held.keys()].map((id) => this.delete(id)));
  }
}
