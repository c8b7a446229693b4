/**
 * Per-action values without the faults of the original: every call of a turn counts, the first hit and the first
 * read of a reference are credited and never again, searches are compared by all arguments, and a search that found
 * nothing new is never worth something. Constants; the trainer subtracts a baseline or mixes them with the outcome.
 */
import { succeeded } from '../reward/success';
import { searchKeyOf } from '../search-history';
import { checkArguments, isToolName, type CheckedCall } from '../tools';
import { emailIdsOf, type EpisodeOutcome } from '../types';
import { MAX_RESULTS } from '../corpus/query';
import type { ToolCall, ToolResult } from '../../../conversation/types';
import type { EmailId } from '../corpus/types';

const FORMAT_FAILURE = -2;
const FIRST_HIT = 1.2;
const FIRST_READ = 1.2;
const RIGHT_ANSWER = 2;
const WRONG_ANSWER = -1.2;
/** As in the reward: nearly as bad as a wrong answer. */
const ABSTAINED = -1;
const WRONG_READ = -0.4;
const REPEATED_READ = -0.6;
const UNKNOWN_ID = -0.8;
const EMPTY_SEARCH = -0.1;
const REPEATED_SEARCH = -0.6;
const REPEATED_EMPTY_SEARCH = -0.8;

/** A turn is the sum of its calls within these bounds, so that many calls at once do not drown all other turns. */
const BOUND = 2;

export function defaultTurnValues(outcome: EpisodeOutcome): readonly number[] {
  const judge = new ActionJudge(outcome);
  return outcome.turns.map(({ calls, results }) => {
    if (calls.length === 0) return FORMAT_FAILURE;
    const sum = calls.reduce((total, call) => {
      const result = results.find((candidate) => candidate.callId === call.id);
      return result === undefined ? total : total + judge.value(call, result);
    }, 0);
    return Math.min(BOUND, Math.max(-BOUND, sum));
  });
}

/** Values calls in the order in which they were run. */
class ActionJudge {
  readonly #outcome: EpisodeOutcome;
  readonly #found = new Set<EmailId>();
  readonly #read = new Set<EmailId>();
  readonly #searches = new Set<string>();

  constructor(outcome: EpisodeOutcome) {
    this.#outcome = outcome;
  }

  value(call: ToolCall, result: ToolResult): number {
    if (call.malformed || !isToolName(call.name)) return FORMAT_FAILURE;
    const checked = checkArguments(call.name, call.arguments);
    if (!checked.ok) return FORMAT_FAILURE;
    switch (checked.call.name) {
      case 'search_emails':
        return this.#searchValue(checked.call, result);
      case 'read_email':
        return this.#readValue(checked.call.id, result);
      case 'return_final_answer':
        if (succeeded(this.#outcome)) return RIGHT_ANSWER;
        return this.#outcome.rubric.returned_i_dont_know ? ABSTAINED : WRONG_ANSWER;
    }
  }

  #searchValue({ query }: Extract<CheckedCall, { name: 'search_emails' }>, result: ToolResult): number {
    if (result.isError) return FORMAT_FAILURE;
    const key = searchKeyOf({ maxResults: MAX_RESULTS, ...query }, 'full');
    const isRepeat = this.#searches.has(key);
    this.#searches.add(key);
    const ids = emailIdsOf(result);
    const isEmpty = ids.length === 0;
    if (this.#addReferences(ids, this.#found)) return FIRST_HIT;
    if (isRepeat) return isEmpty ? REPEATED_EMPTY_SEARCH : REPEATED_SEARCH;
    return isEmpty ? EMPTY_SEARCH : 0;
  }

  #readValue(id: EmailId, result: ToolResult): number {
    if (result.isError) return UNKNOWN_ID;
    if (this.#read.has(id)) return REPEATED_READ;
    this.#read.add(id);
    return this.#outcome.question.emailIds.includes(id) && emailIdsOf(result).includes(id)
      ? FIRST_READ
      : WRONG_READ;
  }

  /** True when an id is a reference that was not yet in the set. */
  #addReferences(ids: readonly EmailId[], seen: Set<EmailId>): boolean {
    const fresh = ids.filter((id) => this.#outcome.question.emailIds.includes(id) && !seen.has(id));
    fresh.forEach((id) => seen.add(id));
    return fresh.length > 0;
  }
}
