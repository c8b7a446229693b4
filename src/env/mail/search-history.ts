/** Bookkeeping of the searches of one episode: the search counters of the rubric. */
import type { Rubric } from './types';
import type { SearchQuery } from './corpus/types';

/**
 * Which searches count as the same. `seed`: the original's keywords and addresses only. `full`: all arguments, the
 * keywords without regard to case and order.
 */
export type SearchKey = 'seed' | 'full';

export function searchKeyOf(query: Omit<SearchQuery, 'inbox'>, kind: SearchKey): string {
  const { keywords, fromAddr = '', toAddr = '' } = query;
  if (kind === 'seed') return JSON.stringify([[...keywords].sort(), fromAddr, toAddr]);
  return JSON.stringify([
    [...new Set(keywords.map((keyword) => keyword.trim().toLowerCase()))].sort(),
    fromAddr.toLowerCase(),
    toAddr.toLowerCase(),
    query.sentAfter ?? '',
    query.sentBefore ?? '',
    query.maxResults ?? 0,
  ]);
}

export class SearchHistory {
  readonly #rubric: Rubric;
  /** Number of results of the latest search by key. */
  readonly #results = new Map<string, number>();

  constructor(rubric: Rubric) {
    this.#rubric = rubric;
  }

  /** Counts a search and runs it. A search that throws leaves its attempt counted, as in the original. */
  record<T>(key: string, run: () => readonly T[]): readonly T[] {
    const rubric = this.#rubric;
    const earlier = this.#results.get(key);
    rubric.num_total_searches++;
    if (earlier === undefined) {
      rubric.num_unique_searches++;
    } else {
      rubric.num_repeated_searches++;
      if (earlier === 0) rubric.repeated_zero_result_search = true;
    }
    const hits = run();
    const hadZeroBefore = rubric.num_zero_result_searches > 0;
    this.#results.set(key, hits.length);
    if (hits.length === 0) rubric.num_zero_result_searches++;
    if (earlier === undefined && hadZeroBefore) rubric.num_retry_after_zero++;
    return hits;
  }
}
