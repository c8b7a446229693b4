/**
 * One rollout of the driver that training has, whose tokens come from elsewhere: turns, parsing, budgets of results, ends
 * and the reward are those of `rollOut`, whoever samples.
 */
import type { ModelChat, ToolCallParser } from '../../src/chat/types';
import type { ChatMessage, ToolResult, ToolSchema } from '../../src/conversation/types';
import type { SampledSequence, SampledTurn, SampleOptions, SequenceRequest } from '../../src/engine/types';
import type { OpenedEnvironment, Task } from '../../src/env/types';
import { rollOut, type RolloutOptions } from '../../src/grpo/rollout';
import type { Trajectory } from '../../src/grpo/types';
import { TOKEN_SOURCE, type TokenId } from '../../src/tokens/types';
import { ServeError } from '../serve';

/** What rollouts need of the environment and its model. */
export interface ServedDeps {
  readonly start: OpenedEnvironment['start'];
  readonly chat: ModelChat;
  readonly parse: ToolCallParser;
  readonly rewardWeights: Readonly<Record<string, number>>;
  readonly options: RolloutOptions;
}

/** What a turn led to. */
export interface TurnReply {
  /** Of the turn's calls, in order; fewer when one of them ended the episode. */
  readonly results: readonly ToolResult[];
  /** Ids that stand between this turn and the next one; null at the end. */
  readonly continuation: readonly TokenId[] | null;
}

/** Whoever gave a turn. */
interface Waiting {
  resolve(reply: TurnReply): void;
  reject(error: unknown): void;
}

/** Which episode of which task. */
export interface EpisodeKey {
  /** Place of the task in its split. */
  readonly task: number;
  /** Of the episode among those of its task. */
  readonly number: number;
}

export class ServedRollout {
  readonly #deps: ServedDeps;
  #opening: { readonly messages: readonly ChatMessage[]; readonly tools: readonly ToolSchema[] } = {
    messages: [],
    tools: [],
  };
  #promptIds: readonly TokenId[] = [];
  #length = 0;
  #results: readonly ToolResult[] = [];
  #give: ((turn: SampledTurn) => void) | null = null;
  #answer: Waiting | null = null;
  #failure: { readonly error: unknown } | null = null;
  #trajectory: Trajectory | null = null;

  /**
   * @param key the same key gives the same draws of the environment
   * @throws TrainingError when the prompt leaves no room to answer
   */
  static async open(deps: ServedDeps, task: Task, key: EpisodeKey): Promise<ServedRollout> {
    const rollout = new ServedRollout(deps);
    const run = rollout.#play(task, key);
    // The driver asks for the first turn at once, or it has failed.
    if (rollout.#give === null) await run;
    return rollout;
  }

  private constructor(deps: ServedDeps) {
    this.#deps = deps;
  }

  get messages(): readonly ChatMessage[] {
    return this.#opening.messages;
  }
  get tools(): readonly ToolSchema[] {
    return this.#opening.tools;
  }
  get promptIds(): readonly TokenId[] {
    return this.#promptIds;
  }
  /** Null until the episode has ended. */
  get trajectory(): Trajectory | null {
    return this.#trajectory;
  }
  get isPlaying(): boolean {
    return this.#answer !== null;
  }

  /**
   * Plays a turn.
   * @param ids as sampled, stop token included where there was one; what exceeds the context is cut
   * @throws ServeError when the episode has ended
   */
  turn(ids: readonly TokenId[]): Promise<TurnReply> {
    const { chat, options } = this.#deps;
    const written = ids.slice(0, Math.max(0, options.maxSeqLength - this.#length));
    const last = written.at(-1);
    const isFull = written.length < ids.length || this.#length + written.length >= options.maxSeqLength;
    const isStopped = last !== undefined && written.length === ids.length && chat.stopIds.includes(last);
    return this.#take({
      ids: written,
      stopped: isStopped ? 'stop-token' : isFull ? 'context-full' : 'max-tokens',
    });
  }

  /** Ends an episode that is still running, as a full context does, and answers what it earned. */
  async end(): Promise<Trajectory> {
    if (this.#trajectory === null) await this.#take({ ids: [], stopped: 'context-full' });
    return this.#trajectory as unknown as Trajectory;
  }

  #take(turn: SampledTurn): Promise<TurnReply> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#trajectory !== null) {
      throw ServeError.of('serve/ended', { reason: this.#trajectory.outcome.stopCondition });
    }
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#results = [];
      this.#give?.(turn);
    });
  }

  async #play(task: Task, key: EpisodeKey): Promise<void> {
    const { start, chat, parse, rewardWeights, options } = this.#deps;
    try {
      const [trajectory] = await rollOut(
        {
          policy: { sample: (requests, sampling) => this.#sample(requests, sampling) },
          ...{ chat, parse, rewardWeights },
          start: (one, random) => {
            const episode = start(one, random);
            this.#opening = episode;
            return episode;
          },
        },
        [{ task, step: key.number, group: key.task % 0x10000, rollout: 0 }],
        { ...options, onEpisodeTurn: (_request, { results }) => (this.#results = results) },
      );
      this.#trajectory = trajectory ?? null;
      this.#settle((answer) => answer.resolve({ results: this.#results, continuation: null }));
    } catch (error) {
      this.#failure = { error };
      if (this.#answer === null) throw error;
      this.#settle((answer) => answer.reject(error));
    }
  }

  /** The policy: asks whoever plays for one turn after the other. */
  async #sample(requests: readonly SequenceRequest[], { onTurn }: SampleOptions): Promise<SampledSequence[]> {
    this.#promptIds = requests[0]?.promptIds ?? [];
    const ids = [...this.#promptIds];
    const source: number[] = ids.map(() => TOKEN_SOURCE.prompt);
    for (;;) {
      this.#length = ids.length;
      const turn = await new Promise<SampledTurn>((resolve) => (this.#give = resolve));
      ids.push(...turn.ids);
      source.push(...turn.ids.map(() => TOKEN_SOURCE.sampled));
      const continuation = await onTurn(0, turn, ids.length);
      if (continuation === null) break;
      ids.push(...continuation);
      source.push(...continuation.map(() => TOKEN_SOURCE.tool));
      this.#settle((answer) => answer.resolve({ results: this.#results, continuation }));
    }
    return [{ ids, source: Uint8Array.from(source), logprobs: new Float32Array(ids.length) }];
  }

  #settle(tell: (answer: Waiting) => void): void {
    const answer = this.#answer;
    this.#answer = null;
    if (answer !== null) tell(answer);
  }
}
