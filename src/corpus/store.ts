/**
 * In-memory mail with full-text search, on SQLite's FTS5 with its default tokenizer (unicode61: case and Latin
 * diacritics are folded, nothing is stemmed).
 *
 * Row numbers are ranks: mails are numbered in the order of search results (newest first, undated last, ties by id).
 * So a search walks the index in result order and stops at its limit, and a span of days is a span of row numbers.
 */
import type { Database, PreparedStatement } from '@sqlite.org/sqlite-wasm';
import {
  CorpusError,
  type Email,
  type EmailId,
  type MailStore,
  type SearchHit,
  type SearchQuery,
} from './types';
import { checkQuery, normaliseAddress, type CheckedQuery } from './query';
import { loadSqlite } from './sqlite';

export interface MailStoreOptions {
  /** Most tokens of a snippet, 1 to 64 (FTS5's own limit); 15 when absent. */
  readonly snippetTokens?: number;
}

const DEFAULT_SNIPPET_TOKENS = 15;

const SCHEMA = `
  PRAGMA journal_mode = OFF;
  CREATE VIRTUAL TABLE mail USING fts5(subject, body);
  CREATE TABLE participant(address TEXT, role INTEGER, mail INTEGER, PRIMARY KEY (address, role, mail)) WITHOUT ROWID;
`;

const SENDER = 1;
const RECIPIENT = 2;

/**
 * Indexes the mails. They are kept as given, so {@link MailStore.read} returns every field of them.
 * @throws CorpusError on an empty or repeated id, on bad options, or when SQLite cannot be loaded.
 */
export async function createMailStore(
  emails: Iterable<Email>,
  options: MailStoreOptions = {},
): Promise<MailStore> {
  const snippetTokens = options.snippetTokens ?? DEFAULT_SNIPPET_TOKENS;
  if (!Number.isInteger(snippetTokens) || snippetTokens < 1 || snippetTokens > 64) {
    throw new CorpusError(
      `Snippets of ${snippetTokens} tokens were asked for. Give a whole number from 1 to 64.`,
    );
  }
  const ranked = [...emails].sort(byRank);
  const byId = new Map<EmailId, Email>();
  for (const email of ranked) {
    if (email.id === '') throw new CorpusError('An e-mail has an empty id. Give every e-mail a unique id.');
    if (byId.has(email.id)) {
      throw new CorpusError(`Two e-mails have the id ${email.id}. Give every e-mail a unique id.`);
    }
    byId.set(email.id, email);
  }
  const sqlite = await loadSqlite();
  const database = new sqlite.oo1.DB(':memory:', 'c');
  try {
    database.exec(SCHEMA);
    insert(database, ranked);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteMailStore(database, ranked, byId, snippetTokens);
}

function byRank(a: Email, b: Email): number {
  if (a.date !== b.date) {
    if (a.date === null) return 1;
    if (b.date === null) return -1;
    return b.date - a.date;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function insert(database: Database, ranked: readonly Email[]): void {
  const mail = database.prepare('INSERT INTO mail(rowid, subject, body) VALUES (?, ?, ?)');
  const participant = database.prepare('INSERT OR IGNORE INTO participant VALUES (?, ?, ?)');
  try {
    database.exec('BEGIN');
    for (const [rank, email] of ranked.entries()) {
      mail.bind([rank, email.subject, email.body]).stepReset();
      participant.bind([normaliseAddress(email.from), SENDER, rank]).stepReset();
      for (const address of [...email.to, ...email.cc, ...email.bcc]) {
        participant.bind([normaliseAddress(address), RECIPIENT, rank]).stepReset();
      }
    }
    database.exec("COMMIT; INSERT INTO mail(mail) VALUES ('optimize')");
  } finally {
    mail.finalize();
    participant.finalize();
  }
}

class SqliteMailStore implements MailStore {
  readonly size: number;
  readonly #database: Database;
  readonly #ranked: readonly Email[];
  readonly #byId: ReadonlyMap<EmailId, Email>;
  readonly #snippetTokens: number;
  /** One prepared statement per combination of address filters. */
  readonly #statements = new Map<string, PreparedStatement>();
  #open = true;

  constructor(
    database: Database,
    ranked: readonly Email[],
    byId: ReadonlyMap<EmailId, Email>,
    snippetTokens: number,
  ) {
    this.#database = database;
    this.#ranked = ranked;
    this.#byId = byId;
    this.#snippetTokens = snippetTokens;
    this.size = ranked.length;
  }

  search(query: SearchQuery): SearchHit[] {
    this.#mustBeOpen('search');
    const checked = checkQuery(query);
    const [first, end] = this.#rankRange(checked);
    if (first >= end) return [];
    const statement = this.#statement(checked);
    const hits: SearchHit[] = [];
    try {
      statement.bind({ $match: checked.match, $inbox: checked.inbox, $first: first, $last: end - 1 });
      statement.bind({ $limit: checked.limit });
      if (checked.from !== null) statement.bind({ $from: checked.from });
      if (checked.to !== null) statement.bind({ $to: checked.to });
      while (statement.step()) {
        const email = this.#ranked[statement.getInt(0) ?? -1];
        if (email !== undefined) hits.push({ id: email.id, snippet: statement.getString(1) ?? '' });
      }
    } finally {
      statement.reset();
    }
    return hits;
  }

  read(id: EmailId): Email | null {
    this.#mustBeOpen('read');
    return this.#byId.get(id) ?? null;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    this.#database.close();
  }

  #mustBeOpen(action: string): void {
    if (!this.#open) {
      throw new CorpusError(`The mail store was asked to ${action} after close(). Create a new store.`);
    }
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

  #statement({ from, to }: CheckedQuery): PreparedStatement {
    const key = `${from !== null}/${to !== null}`;
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      const involved = (name: string, roles: string): string =>
        `EXISTS (SELECT 1 FROM participant WHERE address = ${name} AND role IN (${roles}) AND participant.mail = mail.rowid)`;
      const conditions = [
        'mail MATCH $match',
        'mail.rowid BETWEEN $first AND $last',
        involved('$inbox', `${SENDER}, ${RECIPIENT}`),
      ];
      if (from !== null) conditions.push(involved('$from', `${SENDER}`));
      if (to !== null) conditions.push(involved('$to', `${RECIPIENT}`));
      statement = this.#database.prepare(
        `SELECT mail.rowid, snippet(mail, -1, '<b>', '</b>', ' ... ', ${this.#snippetTokens}) FROM mail` +
          ` WHERE ${conditions.join(' AND ')} ORDER BY mail.rowid LIMIT $limit`,
      );
      this.#statements.set(key, statement);
    }
    return statement;
  }
}
