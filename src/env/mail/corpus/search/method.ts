/** The ways to search: how mail is laid into the index, and how keywords are looked up there. */
import type { CheckedQuery } from '../query';
import type { Email, SearchQuery } from '../types';

export interface SearchMethod {
  /** Makes the FTS5 table `mail`. */
  readonly schema: string;
  /** Names of its columns. */
  readonly columns: readonly string[];
  /**
   * Finds rows by `$match` between `$first` and `$last` that `$allowed` allows, newest first, at most `$limit`. The
   * first column is the row, the second (where there is one) its excerpt of `$tokens`.
   */
  readonly select: string;
  /** The texts of a mail, one per column. */
  row(email: Email): readonly string[];
  /** @throws CorpusError when the query breaks a rule of {@link SearchQuery}. */
  check(query: SearchQuery): CheckedQuery;
  /** Excerpt of a hit, where the select gives none. */
  excerpt(email: Email, query: SearchQuery, tokens: number): string;
}

/** `$allowed` holds one byte per row from `$first` to `$last`: testing it costs far less than a join for every match. */
export const ALLOWED_ROWS = `
  WHERE mail MATCH $match AND rowid BETWEEN $first AND $last AND substr($allowed, rowid - $first + 1, 1) = x'01'
  ORDER BY rowid LIMIT $limit
`;
