/** Rolls episodes out on a policy, tokens in, tokens out: nothing sampled is ever encoded again. */
import type { ToolCallParser } from '../chat/parse/types';
import type { Episode, EpisodeOutcome, RewardFunction } from '../env/mail/types';
import type { Question } from '../env/mail/corpus/types';
import type { ChatFormat } from '../chat/types';
import { type SampledSequence, type SampledTurn, type SamplingParams, type TrainablePolicy } from '../engine/types';
import { TOKEN_SOURCE, type TokenId } from '../tokens/types';
import { formatReward } from './format-reward';
import { TrainingError, type Trajectory } from './types';

/** What rollouts need beside the policy. */
export interface RolloutDeps {
  readonly policy: Pick<TrainablePolicy, 'sample'>;
  readonly chat: ChatFormat;
  readonly createEpisode: (question: Question) => Episode;
  readonly reward: RewardFunction;
  /** The model family's parser, for mode `simple`, where no episode acts on the text. */
  readonly parse: ToolCallParser;
}

/** One episode to run. `step`, `group` and `rollout` key its random stream. */
export interface RolloutRequest {
  readonly question: Question;
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
  /** `episode`: tools run until the episode ends. `single-turn`: one completion, no tools (mode `simple`). */
  readonly kind: 'episode' | 'single-turn';
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Tokens that a chat template spends around one tool result and the next header, roughly. */
const TURN_OVERHEAD = 16;
/** Text of mails and JSON may take more tokens per character than the prompt it is measured on. */
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
  const runs = requests.map((request) => new Run(deps, request, options));
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
        const next = (runs[index] as Run).takeTurn(turn, length);
        if (next === null) options.onProgress?.(++done, runs.length);
        return next;
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  if (sequences.length !== runs.length) {
    throw new TrainingError(
      `The sampler answered ${sequences.length} sequences to ${runs.length} requests. This is a fault of the policy.`,
    );
  }
  return runs.map((run, i) => run.finish(sequences[i] as SampledSequence));
}

/** One rollout in progress, with its own record of every token. */
class Run {
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
  #outcome: EpisodeOutcome | null = null;
  #reward = 0;
  #truncated = false;

  constructor(deps: RolloutDeps, request: RolloutRequest, options: RolloutOptions) {
    this.request = request;
    this.#deps = deps;
    this.#options = options;
    this.#episode = deps.createEpisode(request.question);
    this.promptIds = deps.chat.prompt(this.#episode.messages, this.#episode.tools);
    const length = this.promptIds.length;
    if (length === 0 || length >= options.maxSeqLength) {
      throw new TrainingError(
        `The prompt of question "${request.question.id}" has ${length} tokens, the context (maxSeqLength) ` +
          `${options.maxSeqLength}. Raise maxSeqLength, or choose a shorter prompt style.`,
      );
    }
    this.#charactersPerToken = deps.chat.decode(this.promptIds).length / length;
    this.#ids = [...this.promptIds];
    this.#source = this.#ids.map(() => TOKEN_SOURCE.prompt);
    this.#turnOf = this.#ids.map(() => -1);
  }

  /** Acts on a turn. Answers what to append before the next one, or null at the end. */
  takeTurn(turn: SampledTurn, length: number): readonly TokenId[] | null {
    const before = this.#ids.length;
    this.#append(turn.ids, TOKEN_SOURCE.sampled);
    if (this.#outcome !== null || length !== this.#ids.length) {
      throw new TrainingError(
        `Rollout ${this.#name()}: after turn ${this.#turns + 1} the sampler reports ${length} tokens, the record has ` +
          `${this.#ids.length}${this.#outcome === null ? '' : ' and has ended'}. This is a fault of the policy.`,
      );
    }
    this.#truncated = turn.stopped !== 'stop-token';
    const stopped = turn.stopped === 'stop-token';
    const text = this.#deps.chat.decode(withoutStop(turn.ids, this.#deps.chat.stopIds));
    this.#episode.addTokens(before, turn.ids.length);
    if (this.#options.kind === 'single-turn') return this.#endSingleTurn(text);
    if (turn.stopped === 'context-full') return this.#endOutOfContext();

    this.#turns++;
    const free = this.#options.maxSeqLength - length;
    const turnsLeft = Math.max(1, this.#options.maxTurns - this.#turns);
    const budget = resultBudget(free, turnsLeft, this.#options.maxTokens, this.#charactersPerToken);
    const action = this.#episode.act(text, budget);
    if (action.kind === 'end') {
      this.#end(this.#episode.outcome);
      return null;
    }
    const suffix = this.#deps.chat.continuation(action.messages, stopped);
    // The next turn needs room for one token at least.
    if (length + suffix.length >= this.#options.maxSeqLength) return this.#endOutOfContext();
    this.#append(suffix, TOKEN_SOURCE.tool);
    return suffix;
  }

  /** Checks the sampler's record against this one, token by token, and answers the trajectory. */
  finish(sequence: SampledSequence): Trajectory {
    const { question, group, rollout } = this.request;
    const length = this.#ids.length;
    const bad = this.#ids.findIndex(
      (id, t) => sequence.ids[t] !== id || sequence.source[t] !== this.#source[t],
    );
    if (bad >= 0 || sequence.ids.length !== length || sequence.logprobs.length !== length) {
      throw new TrainingError(
        `Rollout ${this.#name()}: the sampler's record (${sequence.ids.length} tokens) differs from the tokens that ` +
          `were sampled and appended (${length})${bad >= 0 ? ` at token ${bad}` : ''}. Earlier tokens must never ` +
          'change; this is a fault of the policy.',
      );
    }
    if (this.#outcome === null) {
      throw new TrainingError(
        `Rollout ${this.#name()} came back before its episode ended. This is a fault of the policy.`,
      );
    }
    const broken = sequence.logprobs.findIndex((logprob) => !Number.isFinite(logprob));
    if (broken >= 0) {
      throw new TrainingError(
        `Rollout ${this.#name()}: the log-prob of token ${broken} is ${sequence.logprobs[broken]}. The weights have ` +
          'most likely overflowed: resume from the last checkpoint with a lower learning rate.',
      );
    }
    return {
      questionId: question.id,
      group,
      rollout,
      ids: this.#ids,
      source: Uint8Array.from(this.#source),
      logprobs: sequence.logprobs,
      turnOf: Int16Array.from(this.#turnOf),
      outcome: this.#outcome,
      reward: this.#reward,
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

  #endOutOfContext(): null {
    this.#truncated = true;
    this.#episode.abort('out-of-context');
    this.#end(this.#episode.outcome);
    return null;
  }

  #end(outcome: EpisodeOutcome): void {
    this.#outcome = outcome;
    // An unscorable episode has no reward; it leaves its group before any mean is taken.
    this.#reward =
      outcome.endReason === 'unscorable' ? 0 : this.#deps.reward(outcome, this.#options.maxTurns);
  }

  #endSingleTurn(text: string): null {
    const parsed = this.#deps.parse(text);
    const calls = parsed.map((call, index) => ({
      id: `call_0_${index}`,
      name: call.name,
      arguments: call.arguments ?? {},
    }));
    // Ends the untouched episode to get its rubric; what it would have judged stays unjudged.
    this.#episode.abort('out-of-context');
    const { question, rubric } = this.#episode.outcome;
    const unparsable = calls.length === 0;
    this.#outcome = {
      question,
      turns: [{ text, calls, results: [] }],
      endReason: unparsable ? 'unparsable' : 'out-of-turns',
      answer: null,
      rubric: { ...rubric, num_turns: 1, cant_parse_tool_call: unparsable, ran_out_of_turns: false },
    };
    this.#reward = formatReward(question.question, parsed);
    return null;
  }

  #name(): string {
    return `${this.request.rollout} of question "${this.request.question.id}"`;
  }
}

function withoutStop(ids: readonly TokenId[], stopIds: readonly TokenId[]): readonly TokenId[] {
  const last = ids.at(-1);
  return last !== undefined && stopIds.includes(last) ? ids.slice(0, -1) : ids;
}

/** G rollouts of each question, group by group; groups are numbered from `firstGroup`. */
export function groupRequests(
  questions: readonly Question[],
  numGenerations: number,
  step: number,
  firstGroup = 0,
): RolloutRequest[] {
  return questions.flatMap((question, i) =>
    Array.from({ length: numGenerations }, (_, rollout) => ({
      question,
      step,
      group: firstGroup + i,
      rollout,
    })),
  );
}
