/**
 * Search that finds more: Porter stems, folded letters of all alphabets, scripts without blanks by pairs of characters,
 * names of senders and recipients, phrases in quotes. Keywords of several words ask for the words, in any order. Where
 * all words together are in no mail, one may be missing.
 *
 * The index keeps no text (`content=''`) and no lengths, since results are ordered by date.
 */
import { checkQuery, MAX_KEYWORD_LENGTH, MAX_KEYWORDS } from '../query';
import { CorpusError, type Email, type SearchQuery } from '../types';
import { excerptOf } from './excerpt';
import { ALLOWED_ROWS, type SearchMethod } from './method';
import { foldText, joinedWords, termsOf, type Term } from './terms';

/** With more words than this none may be missing: FTS5 limits the size of an expression. */
const MAX_FALLBACK_TERMS = 16;

export function broadSearch(options: { readonly oneMissing: boolean }): SearchMethod {
  return {
    schema:
      "CREATE VIRTUAL TABLE mail USING fts5(subject, body, sender, recipients, content='', columnsize=0, " +
      'tokenize="porter unicode61 remove_diacritics 2 categories \'L* N* Co M*\'")',
    columns: ['subject', 'body', 'sender', 'recipients'],
    select: `SELECT rowid FROM mail ${ALLOWED_ROWS}`,
    row,
    check: (query) => {
      const { plain, people } = withoutNames(query);
      return checkQuery(plain, (keywords) => expressions(keywords, people, options.oneMissing));
    },
    excerpt: ({ subject, body }, query, tokens) => excerptOf([body, subject], query.keywords, tokens),
  };
}

function row(email: Email): string[] {
  const { subject, body, from, to, cc, bcc } = email;
  return [
    `${foldText(subject)} ${joinedWords(subject)}`,
    `${foldText(body)} ${joinedWords(body)}`,
    person(email, from),
    [...to, ...cc, ...bcc].map((address) => person(email, address)).join(' '),
  ];
}

function person({ names }: Email, address: string): string {
  const name = names?.[address];
  return foldText(name === undefined ? address : `${name} ${address}`);
}

/** Names where an address is asked for are looked up in the index; `Ann <ann@x>` is its address. */
function withoutNames(query: SearchQuery): { plain: SearchQuery; people: string[] } {
  const people: string[] = [];
  const plain: { -readonly [K in keyof SearchQuery]: SearchQuery[K] } = { ...query };
  for (const [key, column] of [
    ['fromAddr', 'sender'],
    ['toAddr', 'recipients'],
  ] as const) {
    const written = query[key];
    if (typeof written !== 'string') continue;
    const address = /<([^<>\s]+@[^<>\s]+)>/.exec(written)?.[1];
    if (address !== undefined) plain[key] = address;
    else if (!written.includes('@') && written.trim() !== '') {
      delete plain[key];
      const terms = termsOf(written);
      if (terms.length > 0) people.push(`${column} : (${all(terms)})`);
    }
  }
  return { plain, people };
}

/** Tried one after the other until one finds something. */
function expressions(keywords: readonly string[], people: readonly string[], oneMissing: boolean): string[] {
  if (!Array.isArray(keywords) || keywords.length === 0) throw CorpusError.of('corpus/search-no-keywords');
  if (keywords.length > MAX_KEYWORDS) {
    throw CorpusError.of('corpus/search-keywords', { found: keywords.length, most: MAX_KEYWORDS });
  }
  const terms = keywords.flatMap((keyword: unknown) => {
    if (typeof keyword !== 'string')
      throw CorpusError.of('corpus/search-no-text', { name: 'keyword', type: typeof keyword });
    if (keyword.length > MAX_KEYWORD_LENGTH) {
      throw CorpusError.of('corpus/search-keyword-long', {
        length: keyword.length,
        most: MAX_KEYWORD_LENGTH,
      });
    }
    return termsOf(keyword);
  });
  const of = (parts: readonly Term[]): string => [...people, `(${all(parts)})`].join(' AND ');
  // Keywords without a letter, such as a blank, ask for nothing.
  if (terms.length === 0) return people.length > 0 ? [people.join(' AND ')] : [];
  const found = [of(terms)];
  if (oneMissing && terms.length > 1 && terms.length <= MAX_FALLBACK_TERMS) {
    const parts = terms.map((_term, i) => `(${all(terms.filter((_other, k) => k !== i))})`);
    found.push([...people, `(${parts.join(' OR ')})`].join(' AND '));
  }
  return found;
}

function all(terms: readonly Term[]): string {
  return terms.map(({ match }) => match).join(' AND ');
}
