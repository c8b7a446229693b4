/** An episode that a guest plays; recorded here, so that another guest can play it again. */
import type { ChatMessage, ParsedTurn, ToolSchema, Turn } from '../../conversation/types';
import { lateText } from '../tool-episode';
import { type EnvironmentInfo, type Episode, type Outcome, type Step, type StopCondition } from '../types';
import { STOP } from '../../conversation/stop';
import type { LateCall, PlayedTurn } from './protocol';
import { Culprit, type GuestSession, type RecordedEpisode } from './session';

export interface HostedEpisodeOptions extends Omit<RecordedEpisode, 'turns'> {
  readonly session: GuestSession;
  readonly info: EnvironmentInfo;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  /** The setting `toolTimeout`, in seconds. */
  readonly toolTimeout: number;
}

export class HostedEpisode implements Episode {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  readonly #options: HostedEpisodeOptions;
  readonly #played: PlayedTurn[] = [];
  readonly #acted: Turn[] = [];
  #truncated: StopCondition | null = null;
  /** Why nothing more is asked of any guest about this episode. */
  #lost: string | null = null;

  constructor(options: HostedEpisodeOptions) {
    this.#options = options;
    this.messages = options.messages;
    this.tools = options.tools;
  }

  async step(turn: ParsedTurn, budget: number): Promise<Step> {
    const step = await this.#step({ turn, budget });
    this.#acted.push({ ...turn, results: step.results });
    return step;
  }

  truncate(reason: typeof STOP.outOfContext | typeof STOP.outOfTurns): void {
    this.#truncated = reason;
  }

  async outcome(): Promise<Outcome> {
    if (this.#lost !== null) return this.#unscorable(this.#lost);
    try {
      const question = { episode: this.#options.id, truncate: this.#truncated };
      return await this.#options.session.ask(this.#recorded(), 'outcome', question);
    } catch (error) {
      if (!(error instanceof Culprit)) throw error;
      return this.#unscorable(`${this.#where('Its check, rewards or metrics')}: ${error.message}.`);
    }
  }

  async #step(played: PlayedTurn): Promise<Step> {
    try {
      return await this.#ask(played);
    } catch (error) {
      if (!(error instanceof Culprit)) throw error;
      if (error.call !== null && played.late === undefined)
        return this.#step({ ...played, late: this.#late(error.call, error) });
      this.#lost = `${this.#where('Its tools')}: ${error.message}.`;
      return { results: [], done: true };
    }
  }

  async #ask(played: PlayedTurn): Promise<Step> {
    const step = await this.#options.session.ask(this.#recorded(), 'step', {
      episode: this.#options.id,
      ...played,
    });
    this.#played.push(played);
    return step;
  }

  #late(index: number, { silent, message }: Culprit): LateCall {
    return {
      index,
      error: silent ? lateText(this.#options.toolTimeout) : `it ended its thread: ${message}.`,
    };
  }

  #recorded(): RecordedEpisode {
    const { id, task, key } = this.#options;
    return { id, task, key, turns: this.#played };
  }

  #where(what: string): string {
    return `${what}, of task "${this.#options.task.id}"`;
  }

  /** Nothing is known of such an episode: metrics are 0 and rewards null. */
  #unscorable(fault: string): Outcome {
    const { info } = this.#options;
    const all = <T>(names: object, value: T) =>
      Object.fromEntries(Object.keys(names).map((name) => [name, value]));
    return {
      turns: this.#acted,
      stopCondition: STOP.unscorable,
      success: null,
      answer: null,
      metrics: all(info.metrics, 0),
      rewards: all(info.rewards, null),
      fault,
    };
  }
}
