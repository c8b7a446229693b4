/** One task played with a user's tools: check → run → cut to budget → end. */
import type { ChatMessage, ParsedTurn, ToolCall, ToolResult, ToolSchema, Turn } from '../conversation/types';
import type { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import { noCalls, type AutomaticSettings, type CallCounts } from './automatic';
import type { AnyDefinition, AnyEnded } from './definition';
import { EnvironmentError } from './errors';
import { messageOf } from './faults';
import type { OfferedTools } from './offered-tools';
import { errorText, MIN_RESULT_LENGTH, resultText, type ResultText } from './result-text';
import { scored, unscorable } from './score';
import { drive, isPromiseLike, settled, TimeoutError, withTimeout, type Waiting } from './steps';
import { toolSchema, type Finish, type Tool, type ToolContext } from './tool';
import { checkToolArguments, quoted } from './tool-arguments';
import { checkedText } from './text-answer';
import { type Episode, type Outcome, type Step, type StopCondition, type Task } from './types';
import { STOP } from '../conversation/stop';

export const ANSWERED: StopCondition = 'answered';
export const BAD_CALL: StopCondition = 'bad-call';

export interface ToolEpisodeOptions {
  readonly definition: AnyDefinition;
  readonly task: Task;
  readonly messages: readonly ChatMessage[];
  /** Of this episode alone. */
  readonly state: object;
  /** None: the text of the first turn is the answer. */
  readonly tools: OfferedTools;
  readonly settings: Settings & AutomaticSettings;
  readonly random: Random;
}

/** What one call led to. */
interface Ran {
  readonly text: ResultText;
  readonly isError: boolean;
  readonly refused?: NonNullable<ToolResult['refused']>;
}

type AnyContext = ToolContext<Task, object>;

export class ToolEpisode implements Episode {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  /**
   * Asked before each call of a turn by whoever hosts the episode. A text: the call is known not to come back; it counts
   * as timed out, and the text is told to the policy.
   */
  onCall: ((index: number) => string | null) | null = null;
  readonly #options: ToolEpisodeOptions;
  readonly #turns: Turn[] = [];
  readonly #counts: CallCounts = noCalls();
  #end: Finish | null = null;
  #stop: StopCondition | null = null;
  /** The text that is the answer, where no tool gave it. */
  #text: string | null = null;
  #busy = false;

  constructor(options: ToolEpisodeOptions) {
    this.#options = options;
    this.messages = options.messages;
    this.tools = [...options.tools].map(([name, tool]) => toolSchema(name, tool));
  }

  step(turn: ParsedTurn, budget: number): Step | Promise<Step> {
    this.#assertRunning('step');
    this.#busy = true;
    return drive(this.#step(turn, budget));
  }

  truncate(reason: typeof STOP.outOfContext | typeof STOP.outOfTurns): void {
    this.#assertRunning('truncate');
    this.#stop = reason;
  }

  outcome(): Outcome | Promise<Outcome> {
    if (this.#stop !== null) return drive(this.#outcome(this.#stop));
    throw EnvironmentError.of('environment/episode-running', {
      task: this.#options.task.id,
      turns: this.#turns.length,
    });
  }

  #assertRunning(what: string): void {
    if (this.#stop === null && !this.#busy) return;
    throw EnvironmentError.of('environment/episode-not-running', {
      call: what,
      task: this.#options.task.id,
      stop: this.#busy ? null : this.#stop,
    });
  }

  *#step({ text, calls, broken = [] }: ParsedTurn, budget: number): Waiting<Step> {
    const { tools, definition, settings } = this.#options;
    const results: ToolResult[] = [];
    const begun = calls.length + broken.length;
    if (tools.size === 0 || begun === 0) {
      const isAnswer = tools.size === 0 || definition.check !== undefined;
      this.#stop = isAnswer ? ANSWERED : STOP.unparsable;
      if (isAnswer) this.#text = text;
    } else {
      let left = budget;
      for (const [index, call] of calls.entries()) {
        // Every later result must still get the shortest possible JSON.
        const reserve = MIN_RESULT_LENGTH * (begun - 1 - index);
        const { text: shown, ...ran } = yield* this.#call(call, index, left - reserve);
        left -= shown.content.length;
        if (shown.truncated) this.#counts.shortened_results++;
        results.push({ callId: call.id, name: call.name, ...ran, ...shown });
        if (this.#stop !== null) break;
      }
      for (const [index, { id, name }] of broken.entries()) {
        if (this.#stop !== null) break;
        this.#counts.tool_calls++;
        const reserve = MIN_RESULT_LENGTH * (broken.length - 1 - index);
        const { text: shown, ...ran } = this.#badCall('broken', brokenText(name), left - reserve);
        left -= shown.content.length;
        results.push({ callId: id, name, ...ran, ...shown });
      }
    }
    this.#turns.push({ text, calls, results, ...(broken.length === 0 ? {} : { broken }) });
    if (this.#stop === null && this.#turns.length >= settings.maxTurns) this.#stop = STOP.outOfTurns;
    this.#busy = false;
    return { results, done: this.#stop !== null };
  }

  *#call(call: ToolCall, index: number, budget: number): Waiting<Ran> {
    this.#counts.tool_calls++;
    const { tools } = this.#options;
    const { name } = call;
    const tool = tools.get(name);
    if (tool === undefined) {
      const what = name === '' ? 'The call has no name' : `There is no tool ${quoted(name)}`;
      return this.#badCall('name', `${what}; the tools are ${[...tools.keys()].join(', ')}.`, budget);
    }
    if (call.malformed)
      return this.#badCall('arguments', `${name}: the arguments are not a JSON object.`, budget);
    const checked = checkToolArguments(name, tool.schema, call.arguments);
    if (!checked.ok) return this.#badCall('arguments', checked.error, budget);
    const late = this.onCall?.(index) ?? null;
    return late === null
      ? yield* this.#run(name, tool, checked.args, budget)
      : this.#failed(new TimeoutError(`${name}: ${late}`), name, budget);
  }

  #badCall(refused: NonNullable<ToolResult['refused']>, message: string, budget: number): Ran {
    this.#counts.bad_calls++;
    if (this.#options.settings.toolErrors === 'end') this.#stop = BAD_CALL;
    return { text: errorText(message, budget), isError: true, refused };
  }

  *#run(name: string, tool: Tool<never>, args: unknown, budget: number): Waiting<Ran> {
    const { toolTimeout } = this.#options.settings;
    const abort = new AbortController();
    let end: Finish | null = null;
    const finish = (given: Finish = {}): void => {
      end = given;
    };
    try {
      const value = tool.run(args, this.#context(abort.signal, finish) as never);
      const late = `${name}: ${lateText(toolTimeout)}`;
      const given = isPromiseLike(value) ? yield* settled(withTimeout(value, toolTimeout, late)) : value;
      const text = end === null || given !== undefined ? resultText(given, budget) : FINISHED;
      if (end !== null) this.#finish(end);
      return { text, isError: false };
    } catch (error) {
      return this.#failed(error, name, budget);
    } finally {
      // A call that is late may still be running: it learns that nobody waits for it, and can end nothing any more.
      if (this.#stop === STOP.toolTimeout) abort.abort();
    }
  }

  #failed(error: unknown, name: string, budget: number): Ran {
    this.#counts.tool_errors++;
    const timedOut = error instanceof TimeoutError;
    if (timedOut) this.#stop = STOP.toolTimeout;
    const message = timedOut ? error.message : `${name}: ${messageOf(error)}.`;
    return { text: errorText(message, budget), isError: true };
  }

  #context(signal: AbortSignal, finish: (end?: Finish) => void): AnyContext {
    const { task, state, random, settings } = this.#options;
    return { task, state, random, settings, signal, finish };
  }

  #finish(end: Finish): void {
    this.#end = end;
    this.#stop = end.stopCondition ?? ANSWERED;
  }

  *#outcome(stopCondition: StopCondition): Waiting<Outcome> {
    const { definition, settings } = this.#options;
    const end = this.#end;
    const ended = this.#ended(stopCondition, end);
    try {
      const judged =
        this.#text === null ? ended : yield* checkedText(definition, ended, this.#text, settings.toolTimeout);
      return yield* scored(definition, judged, settings.toolTimeout);
    } catch (error) {
      return unscorable(definition, ended, messageOf(error));
    }
  }

  /** An episode that nobody finished is a failure. */
  #ended(stopCondition: StopCondition, end: Finish | null): AnyEnded {
    const { task, state, settings } = this.#options;
    return {
      task,
      turns: [...this.#turns],
      stopCondition,
      success: end === null ? false : (end.success ?? null),
      answer: end?.answer ?? null,
      state,
      settings,
      metrics: this.tools.length === 0 ? {} : { ...this.#counts },
    };
  }
}

/** Never reaches the policy, since the episode is over. */
const FINISHED: ResultText = { content: '{}', truncated: false };

function brokenText(name: string): string {
  return `${name === '' ? 'A call' : name}: the call cannot be read; write its arguments as one complete JSON object.`;
}

/** What the policy is told of a call that took too long. */
export function lateText(seconds: number): string {
  return `no result within ${seconds} seconds.`;
}
