/** Questions to one guest and their answers, with a watch for a guest that has stopped answering at all. */
import type { Told } from '../../errors';
import { EnvironmentError } from '../errors';
import type { AnyRequest, GuestMessage, RequestKind, Requests } from './protocol';
import type { GuestLink, HostTransport } from './transport';

/** The guest is gone, or was ended because nothing came from it: what it was asked must be asked of another one. */
export class GuestGone extends Error {
  override name = 'GuestGone';
  /** Whether it said nothing, and did not end by itself. */
  readonly silent: boolean;

  constructor(message: string, silent: boolean) {
    super(message);
    this.silent = silent;
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Looks in one silence: the guest is given up after this many in a row with nothing from it. */
const LOOKS = 4;

export class GuestLine {
  readonly #pending = new Map<number, Pending>();
  readonly #calling = new Map<number, number>();
  #link: GuestLink | null = null;
  #nextId = 0;
  #silentLooks = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #gone: GuestGone | null = null;

  private constructor() {}

  static async start(transport: HostTransport): Promise<GuestLine> {
    const line = new GuestLine();
    const link = await transport.start({
      onMessage: (message) => line.#receive(message),
      onGone: (reason) => line.end(reason),
    });
    line.#link = link;
    if (line.#gone !== null) link.terminate();
    return line;
  }

  /** Whether it still takes questions. */
  get isOpen(): boolean {
    return this.#gone === null;
  }

  /**
   * @param patience seconds without any word from the guest after which it is ended
   * @throws EnvironmentError when the guest refuses, GuestGone when it ended or was ended
   */
  ask<K extends RequestKind>(
    kind: K,
    question: Requests[K]['ask'],
    patience: number,
  ): Promise<Requests[K]['answer']> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#post({ ...question, kind, id } as AnyRequest);
      this.#watch(patience);
    });
  }

  /** The call that the episode was in when it last said so. */
  lastCall(episode: number): number | null {
    return this.#calling.get(episode) ?? null;
  }

  forgetCall(episode: number): void {
    this.#calling.delete(episode);
  }

  /** @param silent see {@link GuestGone} */
  end(reason: string, silent = false): void {
    if (this.#gone !== null) return;
    this.#gone = new GuestGone(reason, silent);
    this.#unwatch();
    this.#link?.terminate();
    for (const { reject } of this.#pending.values()) reject(this.#gone);
    this.#pending.clear();
  }

  #post(request: AnyRequest): void {
    this.#link?.post(request);
  }

  #receive(message: GuestMessage): void {
    this.#silentLooks = 0;
    if (message.kind === 'calling') {
      this.#calling.set(message.episode, message.index);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#unwatch();
    if (message.kind === 'answer') pending?.resolve(message.value);
    else pending?.reject(refusal(message.told));
  }

  /**
   * Our own thread may be busy for long: looks that could not take place count for nothing, since what the guest said
   * meanwhile is heard before the next one.
   */
  #watch(patience: number): void {
    this.#silentLooks = 0;
    if (this.#timer !== null) return;
    this.#timer = setInterval(
      () => {
        if (++this.#silentLooks > LOOKS) this.end(`no word within ${patience} seconds`, true);
        // Not a question whose answer anybody waits for: any word will do.
        else this.#post({ kind: 'ping', id: -1 });
      },
      (patience * 1000) / LOOKS,
    );
  }

  #unwatch(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** The guest's error again. A user's own error has a text, and no code. */
function refusal(told: Told): EnvironmentError {
  return EnvironmentError.again(told);
}
