/** One sequence of a sampling call: its record so far, where its keys and values lie, and when its turns end. */
import { PolicyError } from '../../errors/policy';
import { TOKEN_SOURCE, type TokenId } from '../../tokens/types';
import type { SampledTurn, SampleOptions, SequenceRequest } from '../types';
import { appendRun, type Runs } from './slots';

/** A sequence that waits for a place or has one. */
export interface Sequence {
  readonly index: number;
  readonly request: SequenceRequest;
  readonly ids: TokenId[];
  readonly source: number[];
  readonly logprobs: number[];
  /** Runs of the prompt without its last token, as a range of the plan's runs. */
  readonly firstRun: number;
  readonly endRun: number;
  /** Entry of the plan's `info`; -1 while it waits. */
  place: number;
  /** Pages of its own, in order of position. */
  readonly pages: number[];
  /** Tokens of `ids` whose keys and values are in the cache. */
  computed: number;
  turnStart: number;
}

/** Slots of all prompts, and where a prompt's begin and end in them, by its last node. */
export interface PromptRuns {
  readonly runs: Runs;
  readonly ranges: Map<number, readonly [number, number]>;
}

/** Position of the first token in a sequence's own slots: the last of its prompt, which yields the first logits. */
export function firstOwn(sequence: Sequence): number {
  return sequence.request.promptIds.length - 1;
}

/** A sequence that waits, from the path of its prompt in the forest; `prompts` gets the runs of a prompt that is new. */
export function openSequence(
  request: SequenceRequest,
  index: number,
  path: Int32Array,
  prompts: PromptRuns,
): Sequence {
  // The prompt without its last token. Equal ones are the same runs, which attention looks for.
  const last = path.length > 1 ? (path[path.length - 2] as number) : -1;
  let range = prompts.ranges.get(last);
  if (range === undefined) {
    const own: Runs = [];
    for (let t = 0; t + 1 < path.length; t++) appendRun(own, path[t] as number, 1);
    const first = prompts.runs.length / 2;
    prompts.runs.push(...own);
    range = [first, prompts.runs.length / 2];
    prompts.ranges.set(last, range);
  }
  return {
    index,
    request,
    ids: request.promptIds.slice(),
    source: request.promptIds.map(() => TOKEN_SOURCE.prompt),
    logprobs: request.promptIds.map(() => 0),
    firstRun: range[0],
    endRun: range[1],
    place: -1,
    pages: [],
    computed: request.promptIds.length - 1,
    turnStart: request.promptIds.length,
  };
}

/** Length at which a sequence's turn ends without a stop token; the draw on the GPU uses the same number. */
export function turnLimit(sequence: Sequence, options: SampleOptions): number {
  return Math.min(options.maxSeqLength, sequence.turnStart + options.maxTurnTokens);
}

/** Why the turn ends with the token just drawn; null when it goes on. */
export function turnEnd(
  sequence: Sequence,
  id: TokenId,
  options: SampleOptions,
): SampledTurn['stopped'] | null {
  if (options.stopIds.includes(id)) return 'stop-token';
  const { length } = sequence.ids;
  if (length < turnLimit(sequence, options)) return null;
  return length >= options.maxSeqLength ? 'context-full' : 'max-tokens';
}

/** @throws PolicyError for an answer that cannot follow the turn */
export function appendAnswer(
  sequence: Sequence,
  next: readonly TokenId[],
  options: SampleOptions,
  vocabulary: number,
): void {
  const { length } = sequence.ids;
  if (next.length === 0) throw PolicyError.of('policy/turn-empty');
  const bad = next.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
  if (bad !== undefined) {
    throw PolicyError.of('policy/turn-token', { token: bad, vocabulary });
  }
  if (length + next.length >= options.maxSeqLength) {
    throw PolicyError.of('policy/turn-too-long', {
      tokens: next.length,
      before: length,
      maxSeqLength: options.maxSeqLength,
    });
  }
  for (const token of next) {
    sequence.ids.push(token);
    sequence.source.push(TOKEN_SOURCE.tool);
    sequence.logprobs.push(0);
  }
  sequence.turnStart = sequence.ids.length;
}
