/** Searching mail. */
import type { Foreign } from '../../types';
export const search = {
  'corpus/search-no-inbox': () => 'Search asked for an empty inbox. Give the address to search in.',
  'corpus/search-max-results': ({ found, most }: { found: string; most: number }) =>
    `Search asked for max_results ${found}. Give a whole number from 1 to ${most}.`,
  'corpus/search-no-keywords': () => 'Search got no keywords. Give a list with at least one word or phrase.',
  'corpus/search-keywords': ({ found, most }: { found: number; most: number }) =>
    `Search got ${found} keywords. Give at most ${most}.`,
  'corpus/search-keyword-blank': ({ keyword }: { keyword: string }) =>
    `Search got the keyword ${JSON.stringify(keyword)}, which has no letter or digit. Give a word or phrase.`,
  'corpus/search-keyword-long': ({ length, most }: { length: number; most: number }) =>
    `Search got a keyword of ${length} characters. Give at most ${most}.`,
  'corpus/search-date': ({ name, found }: { name: string; found: string }) =>
    `Search got ${name} ${JSON.stringify(found)}. Give a date of the calendar as YYYY-MM-DD.`,
  'corpus/search-no-text': ({ name, type }: { name: string; type: string }) =>
    `Search got a ${name} of type ${type}. Give text.`,
  'corpus/sqlite-loaded': () =>
    'useSqliteWasm was called after SQLite had been loaded. Call it before the first createMailStore.',
  'corpus/sqlite-not-loaded': ({ reason }: { reason: Foreign }) =>
    `SQLite (sqlite3.wasm) could not be loaded: ${reason}. Check that the site serves sqlite3.wasm, or pass its URL to useSqliteWasm.`,
  'corpus/snippet-tokens': ({ found }: { found: number }) =>
    `Snippets of ${found} tokens were asked for. Give a whole number from 1 to 64.`,
  'corpus/mail-id-empty': () => 'An e-mail has an empty id. Give every e-mail a unique id.',
  'corpus/two-mails': ({ id }: { id: string }) =>
    `Two e-mails have the id ${id}. Give every e-mail a unique id.`,
  'corpus/store-closed': ({ action }: { action: 'search' | 'read' }) =>
    `The mail store was asked to ${action} after close(). Create a new store.`,
};
