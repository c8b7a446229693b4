/** Turns a {@link SearchQuery} into something that SQLite cannot misread, or into a {@link CorpusError}. */
import { CorpusError, type SearchQuery } from './types';

export const MAX_RESULTS = 10;
/** More keywords than this are refused: FTS5 limits the depth of an expression, and no sensible search needs them. */
export const MAX_KEYWORDS = 32;
/** Longest keyword in UTF-16 units. */
export const MAX_KEYWORD_LENGTH = 1000;

/** A checked query. Addresses are normalised; times are milliseconds since the epoch, UTC. */
export interface CheckedQuery {
  /** Null for all mail. */
  readonly inbox: string | null;
  /** FTS5 expressions, tried in order until one finds something; none finds nothing. */
  readonly matches: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  /** Inclusive. */
  readonly after: number | null;
  /** Exclusive. */
  readonly before: number | null;
  readonly limit: number;
}

// What FTS5's unicode61 tokenizer takes as part of a token: letters, numbers and private-use characters.
const TOKEN_CHARACTER = /[\p{L}\p{N}\p{Co}]/u;

/** The form in which addresses are compared everywhere in the corpus. */
export function normaliseAddress(address: string): string {
  return address.trim().toLowerCase();
}

/** Blank optional texts count as absent, as a policy often fills every parameter of a tool. @throws CorpusError */
export function checkQuery(
  query: SearchQuery,
  matchesOf: (keywords: readonly string[]) => readonly string[],
): CheckedQuery {
  const inbox = query.inbox === null ? null : normaliseAddress(requireString(query.inbox, 'inbox'));
  if (inbox === '') throw CorpusError.of('corpus/search-no-inbox');
  const limit = query.maxResults ?? MAX_RESULTS;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_RESULTS) {
    throw CorpusError.of('corpus/search-max-results', { found: String(limit), most: MAX_RESULTS });
  }
  return {
    inbox,
    matches: matchesOf(query.keywords),
    from: optionalAddress(query.fromAddr, 'from_addr'),
    to: optionalAddress(query.toAddr, 'to_addr'),
    after: optionalDay(query.sentAfter, 'sent_after'),
    before: optionalDay(query.sentBefore, 'sent_before'),
    limit,
  };
}

/** One quoted phrase per keyword, so that FTS operators inside a keyword are plain words. @throws CorpusError */
export function matchExpression(keywords: readonly string[]): string {
  if (!Array.isArray(keywords) || keywords.length === 0) {
    throw CorpusError.of('corpus/search-no-keywords');
  }
  if (keywords.length > MAX_KEYWORDS) {
    throw CorpusError.of('corpus/search-keywords', { found: keywords.length, most: MAX_KEYWORDS });
  }
  return keywords.map(phrase).join(' AND ');
}

function phrase(keyword: unknown): string {
  const text = requireString(keyword, 'keyword');
  if (!TOKEN_CHARACTER.test(text)) {
    throw CorpusError.of('corpus/search-keyword-blank', { keyword: text.slice(0, 40) });
  }
  if (text.length > MAX_KEYWORD_LENGTH) {
    throw CorpusError.of('corpus/search-keyword-long', { length: text.length, most: MAX_KEYWORD_LENGTH });
  }
  // SQLite ends a text at NUL, which would leave the quote open.
  return `"${text.replaceAll('\0', ' ').replaceAll('"', '""')}"`;
}

/** Midnight UTC of `YYYY-MM-DD` in milliseconds since the epoch, or null when the text is not a day of the calendar. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time)) return null;
  return new Date(time).toISOString().startsWith(text) ? time : null;
}

function optionalDay(value: string | undefined, name: string): number | null {
  const text = optionalString(value, name);
  if (text === '') return null;
  const time = parseDay(text);
  if (time === null) {
    throw CorpusError.of('corpus/search-date', { name, found: text });
  }
  return time;
}

function optionalAddress(value: string | undefined, name: string): string | null {
  const address = normaliseAddress(optionalString(value, name));
  return address === '' ? null : address;
}

function optionalString(value: unknown, name: string): string {
  return value === undefined || value === null ? '' : requireString(value, name).trim();
}

function requireString(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw CorpusError.of('corpus/search-no-text', { name, type: typeof value });
  }
  return value;
}
