/**
 * Per-action values of the original system, faults included: constants instead of comparisons, the first call of a
 * turn decides, and finding or reading the right mail again pays again.
 * Source: rl-unsloth, grpo/trainer.py, _compute_action_advantage.
 */
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS } from '../tools';
import { emailIdsOf, type EpisodeOutcome, type TurnValues } from '../types';
import type { TurnValue } from '../../types';
import type { EmailId } from '../corpus/types';
import type { ToolCall, Turn } from '../../../conversation/types';

interface SeenSearch {
  readonly keywords: ReadonlySet<string>;
  readonly from: string;
  readonly to: string;
  readonly resultCount: number;
}

export function seedTurnValues(outcome: EpisodeOutcome): TurnValues {
  const history: SeenSearch[] = [];
  return outcome.turns.map((turn) => {
    const value = turnValue(turn, outcome, history);
    for (const call of turn.calls) {
      if (call.name === SEARCH_EMAILS) history.push(seenSearch(call, firstResultCount(turn) ?? 0));
    }
    return value;
  });
}

function turnValue(
  turn: Turn,
  { question, rubric }: EpisodeOutcome,
  history: readonly SeenSearch[],
): TurnValue {
  const call = turn.calls[0];
  if (call === undefined) return { advantage: 1 };
  if (call.malformed) return -2;
  switch (call.name) {
    case SEARCH_EMAILS: {
      const count = firstResultCount(turn);
      if (count === null) return { advantage: 0.3 };
      if (foundBy(turn).some((id) => question.emailIds.includes(id))) return 1.2;
      return missValue(seenSearch(call, count), history);
    }
    case READ_EMAIL:
      return question.emailIds.some((id) => id === call.arguments['message_id']) ? 1.2 : -0.4;
    case RETURN_FINAL_ANSWER:
      if (rubric.answer_correct) return 2;
      if (!rubric.returned_i_dont_know) return -1.2;
      return rubric.num_unique_searches >= 3 ? -0.3 : -1;
    default:
      return -2;
  }
}

/** Ids in the turn's first tool message. */
function foundBy({ results: [first] }: Turn): readonly EmailId[] {
  return first === undefined ? [] : emailIdsOf(first);
}

/** Number of results in the turn's first tool message; null when that is not a list. */
function firstResultCount(turn: Turn): number | null {
  const result = turn.results[0];
  if (result === undefined || result.isError || result.name !== SEARCH_EMAILS) return null;
  const { length } = emailIdsOf(result);
  return result.truncated && length === 0 ? null : length;
}

function seenSearch({ arguments: args }: ToolCall, resultCount: number): SeenSearch {
  const { keywords, from_addr: from, to_addr: to } = args;
  return {
    keywords: new Set(Array.isArray(keywords) ? keywords.filter((word) => typeof word === 'string') : []),
    from: typeof from === 'string' ? from : '',
    to: typeof to === 'string' ? to : '',
    resultCount,
  };
}

/** Value of a search that did not find the reference. */
function missValue(search: SeenSearch, history: readonly SeenSearch[]): number {
  const empty = search.resultCount === 0;
  if (history.some((earlier) => isSame(search, earlier))) return empty ? -0.8 : -0.6;
  const diversity = diversityOf(search, history);
  const isNew = history.length === 0 || diversity > 0.3;
  if (empty) return isNew ? Math.max(-0.1 + 0.3 * diversity, -0.05) : -0.3;
  return isNew ? 0.2 * diversity : -0.2;
}

function isSame(a: SeenSearch, b: SeenSearch): boolean {
  const sameKeywords = a.keywords.size === b.keywords.size && missing(a.keywords, b.keywords) === 0;
  return sameKeywords && a.from === b.from && a.to === b.to;
}

/** How many of the words are not among the others. */
function missing(words: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...words].filter((word) => !others.has(word)).length;
}

/**
 * 0 to 1, compared with the latest search; 0.5 for the first. The original's bonus of 0.4 for disjoint keywords after
 * two empty searches is left out: disjoint keywords have reached the cap already.
 */
function diversityOf(search: SeenSearch, history: readonly SeenSearch[]): number {
  const last = history.at(-1);
  if (last === undefined) return 0.5;
  const removed = missing(last.keywords, search.keywords);
  const added = missing(search.keywords, last.keywords);
  const disjoint = removed === last.keywords.size && search.keywords.size > 0;
  let diversity = 0;
  if (disjoint) diversity += 1;
  else if (removed > 0 && added === 0) diversity += Math.min(0.3 * removed, 0.8);
  else if (removed > 0) diversity += 0.6;
  else if (added > 0) diversity += 0.3;
  if (search.from !== last.from || search.to !== last.to) diversity += 0.5;
  if (last.resultCount === 0 && removed > 0) diversity += 0.3;
  return Math.min(diversity, 1);
}
