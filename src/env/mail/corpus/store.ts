/**
 * In-memory mail with full-text search, on SQLite's FTS5; `search/` has the ways to search.
 *
 * Row numbers are ranks: mails are numbered in the order of search results (newest first, undated last, ties by id).
 * So a search walks the index in result order and stops at its limit, and a span of days is a span of row numbers. Who
 * wrote to whom is kept outside SQLite, as the ranks of each address.
 */
import type { Database, PreparedStatement } from '@sqlite.org/sqlite-wasm';
import {
  CorpusError,
  type Email,
  type EmailId,
  type IndexedMailStore,
  type SearchHit,
  type SearchMethodName,
  type SearchQuery,
} from './types';
import { normaliseAddress, type CheckedQuery } from './query';
import { broadSearch } from './search/broad';
import { exactSearch } from './search/exact';
import type { SearchMethod } from './search/method';
import { loadSqlite } from './sqlite';

export interface MailStoreOptions {
  /** Most tokens of a snippet, 1 to 64 (FTS5's own limit); 15 when absent. */
  readonly snippetTokens?: number;
  /** `exact` when absent. */
  readonly search?: SearchMethodName;
  /** Of a broad search: whether one word may be missing where all together are in no mail; true when absent. */
  readonly oneMissing?: boolean;
}

const DEFAULT_SNIPPET_TOKENS = 15;

/**
 * Indexes the mails. They are kept as given, so {@link IndexedMailStore.read} returns every field of them.
 * @throws CorpusError on an empty or repeated id, on bad options, or when SQLite cannot be loaded.
 */
export async function createMailStore(
  emails: Iterable<Email>,
  options: MailStoreOptions = {},
): Promise<IndexedMailStore> {
  const snippetTokens = options.snippetTokens ?? DEFAULT_SNIPPET_TOKENS;
  if (!Number.isInteger(snippetTokens) || snippetTokens < 1 || snippetTokens > 64) {
    throw CorpusError.of('corpus/snippet-tokens', { found: snippetTokens });
  }
  const ranked = [...emails].sort(byRank);
  const byId = new Map<EmailId, Email>();
  for (const email of ranked) {
    if (email.id === '') throw CorpusError.of('corpus/mail-id-empty');
    if (byId.has(email.id)) {
      throw CorpusError.of('corpus/two-mails', { id: email.id });
    }
    byId.set(email.id, email);
  }
  const method =
    options.search === 'broad' ? broadSearch({ oneMissing: options.oneMissing ?? true }) : exactSearch;
  const sqlite = await loadSqlite();
  const database = new sqlite.oo1.DB(':memory:', 'c');
  try {
    database.exec(`PRAGMA journal_mode = OFF; ${method.schema}`);
    insert(database, ranked, method);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteMailStore(database, ranked, byId, snippetTokens, method);
}

function byRank(a: Email, b: Email): number {
  if (a.date !== b.date) {
    if (a.date === null) return 1;
    if (b.date === null) return -1;
    return b.date - a.date;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function insert(database: Database, ranked: readonly Email[], method: SearchMethod): void {
  const places = method.columns.map(() => '?').join(', ');
  const mail = database.prepare(
    `INSERT INTO mail(rowid, ${method.columns.join(', ')}) VALUES (?, ${places})`,
  );
  try {
    database.exec('BEGIN');
    for (const [rank, email] of ranked.entries()) {
      mail.bind([rank, ...method.row(email)]).stepReset();
    }
    database.exec("COMMIT; INSERT INTO mail(mail) VALUES ('optimize')");
  } finally {
    mail.finalize();
  }
}

/** Ranks of the mails of each address, ascending. */
class RankIndex {
  readonly #ranks = new Map<string, number[]>();

  add(address: string, rank: number): void {
    const key = normaliseAddress(address);
    const ranks = this.#ranks.get(key);
    if (ranks === undefined) this.#ranks.set(key, [rank]);
    else if (ranks.at(-1) !== rank) ranks.push(rank);
  }

  get(address: string): readonly number[] {
    return this.#ranks.get(address) ?? [];
  }
}

/** Rows from `first` to `last`, a byte for each. */
interface AllowedRows {
  readonly first: number;
  readonly last: number;
  readonly allowed: Uint8Array;
}

class SqliteMailStore implements IndexedMailStore {
  readonly size: number;
  readonly #database: Database;
  readonly #statement: PreparedStatement;
  readonly #ranked: readonly Email[];
  readonly #byId: ReadonlyMap<EmailId, Email>;
  readonly #snippetTokens: number;
  readonly #method: SearchMethod;
  readonly #involved = new RankIndex();
  readonly #sent = new RankIndex();
  readonly #received = new RankIndex();
  #lastRows: { readonly key: string; readonly rows: AllowedRows | null } | null = null;
  #open = true;

  constructor(
    database: Database,
    ranked: readonly Email[],
    byId: ReadonlyMap<EmailId, Email>,
    snippetTokens: number,
    method: SearchMethod,
  ) {
    this.#method = method;
    this.#database = database;
    this.#statement = database.prepare(method.select);
    this.#ranked = ranked;
    this.#byId = byId;
    this.#snippetTokens = snippetTokens;
    this.size = ranked.length;
    for (const [rank, email] of ranked.entries()) {
      const recipients = [...email.to, ...email.cc, ...email.bcc];
      this.#sent.add(email.from, rank);
      for (const address of recipients) this.#received.add(address, rank);
      for (const address of [email.from, ...recipients, ...(email.deliveredTo ?? [])]) {
        this.#involved.add(address, rank);
      }
    }
  }

  search(query: SearchQuery): SearchHit[] {
    this.#mustBeOpen('search');
    const checked = this.#method.check(query);
    const rows = this.#allowedRows(checked);
    if (rows === null) return [];
    for (const match of checked.matches) {
      const hits = this.#hits(query, { ...rows, match, limit: checked.limit });
      if (hits.length > 0) return hits;
    }
    return [];
  }

  #hits(
    query: SearchQuery,
    asked: AllowedRows & { readonly match: string; readonly limit: number },
  ): SearchHit[] {
    const statement = this.#statement;
    const hits: SearchHit[] = [];
    const hasExcerpt = statement.columnCount > 1;
    try {
      statement.bind({
        ...(hasExcerpt ? { $tokens: this.#snippetTokens } : {}),
        $match: asked.match,
        $first: asked.first,
        $last: asked.last,
        $allowed: asked.allowed,
        $limit: asked.limit,
      });
      while (statement.step()) {
        const email = this.#ranked[statement.getInt(0) ?? -1];
        if (email === undefined) continue;
        const snippet = hasExcerpt
          ? (statement.getString(1) ?? '')
          : this.#method.excerpt(email, query, this.#snippetTokens);
        hits.push({ id: email.id, snippet });
      }
    } finally {
      statement.reset();
    }
    return hits;
  }

  /** Pages of the database in use, in bytes; it lies in memory. */
  get indexBytes(): number {
    this.#mustBeOpen('search');
    const pragma = (name: string): number => Number(this.#database.selectValue(`PRAGMA ${name}`));
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }

  read(id: EmailId): Email | null {
    this.#mustBeOpen('read');
    return this.#byId.get(id) ?? null;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statement.finalize();
    this.#database.close();
  }

  #mustBeOpen(action: 'search' | 'read'): void {
    if (!this.#open) {
      throw CorpusError.of('corpus/store-closed', { action });
    }
  }

  /** One byte per rank from the first to the last that may be found; null when none may. */
  #allowedRows(query: CheckedQuery): AllowedRows | null {
    // One inbox is asked again and again, and making the list costs more than most searches.
    const key = JSON.stringify([query.inbox, query.from, query.to, query.after, query.before]);
    if (this.#lastRows?.key === key) return this.#lastRows.rows;
    const ranks = this.#allowedRanks(query);
    const [first, last] = [ranks[0], ranks.at(-1)];
    let rows: AllowedRows | null = null;
    if (first !== undefined && last !== undefined) {
      rows = { first, last, allowed: new Uint8Array(last - first + 1) };
      for (const rank of ranks) rows.allowed[rank - first] = 1;
    }
    this.#lastRows = { key, rows };
    return rows;
  }

  /** Ranks of the mails that pass every condition but the keywords, ascending. */
  #allowedRanks(query: CheckedQuery): number[] {
    const [first, end] = this.#rankRange(query);
    const from = query.from === null ? null : new Set(this.#sent.get(query.from));
    const to = query.to === null ? null : new Set(this.#received.get(query.to));
    const visible = query.inbox === null ? [...this.#ranked.keys()] : this.#involved.get(query.inbox);
    return visible.filter(
      (rank) => rank >= first && rank < end && (from?.has(rank) ?? true) && (to?.has(rank) ?? true),
    );
  }

  /** Ranks [first, end) whose dates lie in the asked span; undated mails are in no span. */
  #rankRange({ after, before }: CheckedQuery): [number, number] {
    const first = before === null ? 0 : this.#firstOlderThan(before);
    const end =
      after === null ? (before === null ? this.size : this.#undated()) : this.#firstOlderThan(after);
    return [first, end];
  }

  #undated(): number {
    return this.#firstOlderThan(-Infinity);
  }

  /** Smallest rank whose mail was sent strictly before `time`, undated ones counting as older than any time. */
  #firstOlderThan(time: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const date = this.#ranked[middle]?.date ?? null;
      if (date === null || date < time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
