/** FTS5 with its default tokenizer (unicode61: case and Latin diacritics are folded, nothing is stemmed). */
import { checkQuery, matchExpression } from '../query';
import { ALLOWED_ROWS, type SearchMethod } from './method';

export const exactSearch: SearchMethod = {
  schema: 'CREATE VIRTUAL TABLE mail USING fts5(subject, body)',
  columns: ['subject', 'body'],
  select: `SELECT rowid, snippet(mail, -1, '<b>', '</b>', ' ... ', $tokens) FROM mail ${ALLOWED_ROWS}`,
  row: ({ subject, body }) => [subject, body],
  check: (query) => checkQuery(query, (keywords) => [matchExpression(keywords)]),
  excerpt: () => '',
};
