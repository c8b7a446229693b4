/** Rolls episodes out on a policy, tokens in, tokens out: nothing sampled is ever encoded again. */
import type { ChatFormat, ToolCallParser } from '../chat/types';
import { parsedTurn, toolMessage } from '../conversation/turn';
import type { ParsedTurn, Turn } from '../conversation/types';
import type { SampledSequence, SampledTurn, SamplingParams, TrainablePolicy } from '../engine/types';
import type { Episode, Outcome, Step, Task } from '../env/types';
import { Random } from '../random/philox';
import { TOKEN_SOURCE, type TokenId } from '../tokens/types';
import { totalReward } from './reward';
import { type Trajectory } from './types';
import { TrainingError } from '../errors/training';

/** What rollouts need beside the policy. */
export interface RolloutDeps {
  readonly policy: Pick<TrainablePolicy, 'sample'>;
  readonly chat: ChatFormat;
  /** @param random keyed by seed, step, group and rollout */
  readonly start: (task: Task, random: Random) => Episode;
  /** The form in which the model writes tool calls. */
  readonly parse: ToolCallParser;
  /** By part of the reward; parts that are not named weigh 0. */
  readonly rewardWeights: Readonly<Record<string, number>>;
}

/** One episode to run. `step`, `group` and `rollout` key its random streams. */
export interface RolloutRequest {
  readonly task: Task;
  readonly step: number;
  readonly group: number;
  readonly rollout: number;
}

export interface RolloutOptions {
  readonly params: SamplingParams;
  readonly maxTurns: number;
  /** Most tokens of one assistant turn. */
  readonly maxTokens: number;
  readonly maxSeqLength: number;
  /** Called with every turn once its tools have run. */
  readonly onEpisodeTurn?: (request: RolloutRequest, turn: Turn) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Tokens that a chat template spends around one tool result and the next header, roughly. */
const TURN_OVERHEAD = 16;
/** Text and JSON of results may take more tokens per character than the prompt it is measured on. */
const DENSITY_MARGIN = 0.75;

/**
 * Characters that the tool results of a turn may take. Half of the free context, at most `maxTokens` a turn, is held
 * back for the turns to come; while more than one is left, half of the rest is kept for later results.
 * @param free tokens between the current length and the context's end.
 * @param turnsLeft turns that may still follow, at least 1.
 * @param charactersPerToken measured on the prompt.
 */
export function resultBudget(
  free: number,
  turnsLeft: number,
  maxTokens: number,
  charactersPerToken: number,
): number {
  const perTurn = Math.min(maxTokens, Math.floor(free / (2 * turnsLeft))) + TURN_OVERHEAD;
  const rest = Math.max(0, free - turnsLeft * perTurn);
  const tokens = turnsLeft > 1 ? rest / 2 : rest;
  return Math.floor(tokens * charactersPerToken * DENSITY_MARGIN);
}

/**
 * Runs all episodes together in one batched sampling call.
 * @returns one trajectory per request, in order; equal requests and options give equal trajectories.
 * @throws TrainingError when a prompt leaves no room to answer, or the sampler's record is not the tokens it was given.
 */
export async function rollOut(
  deps: RolloutDeps,
  requests: readonly RolloutRequest[],
  options: RolloutOptions,
): Promise<Trajectory[]> {
  const runs = requests.map((request) => new Rollout(deps, request, options));
  let done = 0;
  const sequences = await deps.policy.sample(
    runs.map(({ request, promptIds }) => ({
      key: { step: request.step, group: request.group, rollout: request.rollout },
      promptIds,
    })),
    {
      params: options.params,
      stopIds: deps.chat.stopIds,
      maxTurnTokens: options.maxTokens,
      maxSeqLength: options.maxSeqLength,
      onTurn: (index, turn, length) => {
        const next = (runs[index] as Rollout).takeTurn(turn, length);
        return whenThere(next, (ids) => {
          if (ids === null) options.onProgress?.(++done, runs.length);
          return ids;
        });
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  if (sequences.length !== runs.length) {
    throw TrainingError.of('training/sequences', { sequences: sequences.length, requests: runs.length });
  }
  return runs.map((run, i) => run.finish(sequences[i] as SampledSequence));
}

/** One rollout in progress, with its own record of every token. */
class Rollout {
  readonly request: RolloutRequest;
  readonly promptIds: readonly TokenId[];
  readonly #deps: RolloutDeps;
  readonly #options: RolloutOptions;
  readonly #episode: Episode;
  readonly #charactersPerToken: number;
  readonly #ids: TokenId[];
  readonly #source: number[];
  readonly #turnOf: number[];
  #turns = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #outcome: Outcome | null = null;
  #truncated = false;

  constructor(deps: RolloutDeps, request: RolloutRequest, options: RolloutOptions) {
    this.request = request;
    this.#deps = deps;
    this.#options = options;
    const { task, step, group, rollout } = request;
    // Group and rollout are below 65536, as the sampler's streams need.
    const random = new Random(options.params.seed, 'episode', step, group * 0x10000 + rollout);
    this.#episode = deps.start(task, random);
    this.promptIds = deps.chat.prompt(this.#episode.messages, this.#episode.tools);
    const length = this.promptIds.length;
    if (length === 0 || length >= options.maxSeqLength) {
      throw TrainingError.of('training/prompt-no-room', {
        task: task.id,
        length,
        maxSeqLength: options.maxSeqLength,
      });
    }
    this.#charactersPerToken = deps.chat.decode(this.promptIds).length / length;
    this.#ids = [...this.promptIds];
    this.#source = this.#ids.map(() => TOKEN_SOURCE.prompt);
    this.#turnOf = this.#ids.map(() => -1);
  }

  /** Acts on a turn. Answers what to append before the next one, or null at the end; later where a tool takes time. */
  takeTurn(turn: SampledTurn, length: number): Later<readonly TokenId[] | null> {
    const before = this.#ids.length;
    this.#append(turn.ids, TOKEN_SOURCE.sampled);
    if (this.#outcome !== null || length !== this.#ids.length) {
      throw TrainingError.of('training/rollout-length', {
        ...this.#which(),
        turn: this.#turns + 1,
        reported: length,
        recorded: this.#ids.length,
        hasEnded: this.#outcome !== null,
      });
    }
    const stopped = turn.stopped === 'stop-token';
    this.#truncated = !stopped;
    this.#inputTokens += before;
    this.#outputTokens += turn.ids.length;
    if (turn.stopped === 'context-full') return this.#cut('out-of-context');

    const text = this.#deps.chat.turnText(withoutStop(turn.ids, this.#deps.chat.stopIds));
    const parsed = parsedTurn(text, this.#deps.parse(text, this.#episode.tools), this.#turns++);
    const turnsLeft = Math.max(1, this.#options.maxTurns - this.#turns);
    const free = this.#options.maxSeqLength - length;
    const budget = resultBudget(free, turnsLeft, this.#options.maxTokens, this.#charactersPerToken);
    return whenThere(this.#episode.step(parsed, budget), (step) => this.#goOn(parsed, step, length, stopped));
  }

  #goOn(turn: ParsedTurn, { results, done }: Step, length: number, stopped: boolean) {
    this.#options.onEpisodeTurn?.(this.request, { ...turn, results });
    if (done) return this.#end();
    if (this.#turns >= this.#options.maxTurns) {
      this.#episode.truncate('out-of-turns');
      return this.#end();
    }
    const suffix = this.#deps.chat.continuation(results.map(toolMessage), stopped);
    // The next turn needs room for one token at least.
    if (length + suffix.length >= this.#options.maxSeqLength) return this.#cut('out-of-context');
    this.#append(suffix, TOKEN_SOURCE.tool);
    return suffix;
  }

  /** Checks the sampler's record against this one, token by token, and answers the trajectory. */
  finish(sequence: SampledSequence): Trajectory {
    const { task, group, rollout } = this.request;
    const length = this.#ids.length;
    const bad = this.#ids.findIndex(
      (id, t) => sequence.ids[t] !== id || sequence.source[t] !== this.#source[t],
    );
    if (bad >= 0 || sequence.ids.length !== length || sequence.logprobs.length !== length) {
      throw TrainingError.of('training/rollout-record', {
        ...this.#which(),
        reported: sequence.ids.length,
        recorded: length,
        at: bad >= 0 ? bad : null,
      });
    }
    if (this.#outcome === null) {
      throw TrainingError.of('training/rollout-open', this.#which());
    }
    const broken = sequence.logprobs.findIndex((logprob) => !Number.isFinite(logprob));
    if (broken >= 0) {
      throw TrainingError.of('training/rollout-log-prob', {
        ...this.#which(),
        token: broken,
        found: String(sequence.logprobs[broken]),
      });
    }
    return {
      task,
      group,
      rollout,
      ids: this.#ids,
      source: Uint8Array.from(this.#source),
      logprobs: sequence.logprobs,
      turnOf: Int16Array.from(this.#turnOf),
      opening: { messages: this.#episode.messages, tools: this.#episode.tools },
      outcome: this.#outcome,
      ...totalReward(this.#outcome, this.#deps.rewardWeights),
      truncated: this.#truncated,
    };
  }

  #append(ids: readonly TokenId[], source: number): void {
    const turn = this.#turns - (source === TOKEN_SOURCE.tool ? 1 : 0);
    for (const id of ids) {
      this.#ids.push(id);
      this.#source.push(source);
      this.#turnOf.push(turn);
    }
  }

  #cut(reason: 'out-of-context'): Later<null> {
    this.#truncated = true;
    this.#episode.truncate(reason);
    return this.#end();
  }

  #end(): Later<null> {
    return whenThere(this.#episode.outcome(), (outcome) => {
      const tokens = { total_input_tokens: this.#inputTokens, total_output_tokens: this.#outputTokens };
      this.#outcome = { ...outcome, metrics: { ...outcome.metrics, ...tokens } };
      return null;
    });
  }

  #which(): { readonly rollout: number; readonly task: string } {
    return { rollout: this.request.rollout, task: this.request.task.id };
  }
}

type Later<T> = T | Promise<T>;

/** Goes on at once where the value is there: an episode whose tools are synchronous costs no promise. */
function whenThere<T, R>(value: Later<T>, then: (value: T) => Later<R>): Later<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function withoutStop(ids: readonly TokenId[], stopIds: readonly TokenId[]): readonly TokenId[] {
  const last = ids.at(-1);
  return last !== undefined && stopIds.includes(last) ? ids.slice(0, -1) : ids;
}

/** G rollouts of each task, group by group; groups are numbered from `firstGroup`. */
export function groupRequests(
  tasks: readonly Task[],
  numGenerations: number,
  step: number,
  firstGroup = 0,
): RolloutRequest[] {
  return tasks.flatMap((task, i) =>
    Array.from({ length: numGenerations }, (_, rollout) => ({
      task,
      step,
      group: firstGroup + i,
      rollout,
    })),
  );
}
