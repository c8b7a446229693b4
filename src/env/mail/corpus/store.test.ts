import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailStore } from './store';
import { CorpusError, type Email, type MailStore, type SearchQuery } from './types';

const DAY = 86_400_000;
const INBOX = 'ana@acme.test';

function mail(id: string, fields: Partial<Email> = {}): Email {
  return {
    id,
    messageId: `${id}@acme.test`,
    date: Date.UTC(2001, 4, 10, 12),
    from: 'bo@acme.test',
    to: [INBOX],
    cc: [],
    bcc: [],
    subject: 'Hello',
    body: 'Plain words',
    ...fields,
  };
}

const MAILS: Email[] = [
  mail('budget', { subject: 'Budget review', body: 'The quarterly budget is 4,500 dollars.' }),
  mail('lunch', { date: Date.UTC(2001, 4, 12), body: 'Lunch at noon. The budget review moved.' }),
  mail('cc', { to: ['cy@acme.test'], cc: [INBOX], body: 'Copied budget notes' }),
  mail('bcc', { to: ['cy@acme.test'], bcc: [INBOX], body: 'Hidden budget notes' }),
  mail('sent', { from: INBOX, to: ['cy@acme.test', 'Di@Acme.test'], body: 'Reviewing the café budgets' }),
  mail('foreign', { from: 'bo@acme.test', to: ['cy@acme.test'], body: 'A budget that ana cannot see' }),
  mail('listed', {
    to: ['list@acme.test'],
    deliveredTo: ['Fay@acme.test'],
    body: 'Only in the inbox of its reader',
  }),
  mail('undated', { date: null, body: 'An undated budget' }),
  mail('operators', { body: 'cats AND dogs OR "birds" NOT fish* (near) col:umn ^start a-b' }),
];

let store: MailStore;
beforeAll(async () => {
  store = await createMailStore(MAILS);
});
afterAll(() => store.close());

function found(query: Partial<SearchQuery> & Pick<SearchQuery, 'keywords'>): string[] {
  return store.search({ inbox: INBOX, ...query }).map((hit) => hit.id);
}

describe('search', () => {
  it.each<[string, Partial<SearchQuery> & Pick<SearchQuery, 'keywords'>, string[]]>([
    [
      'newest first, undated last, ties by id',
      { keywords: ['budget'] },
      ['lunch', 'bcc', 'budget', 'cc', 'undated'],
    ],
    ['all keywords must match, over subject and body', { keywords: ['review', 'quarterly'] }, ['budget']],
    ['a keyword is a phrase', { keywords: ['budget review'] }, ['lunch', 'budget']],
    ['the order inside a phrase counts', { keywords: ['review budget'] }, []],
    ['nothing is stemmed', { keywords: ['budgets'] }, ['sent']],
    ['case and accents fold', { keywords: ['CAFE'] }, ['sent']],
    ['the inbox ignores case', { inbox: ' ANA@Acme.test', keywords: ['noon'] }, ['lunch']],
    ['another inbox sees other mail', { inbox: 'cy@acme.test', keywords: ['cannot'] }, ['foreign']],
    ['an unknown inbox sees nothing', { inbox: 'no@acme.test', keywords: ['budget'] }, []],
    [
      'mail is in the inbox that it was delivered to',
      { inbox: 'fay@acme.test', keywords: ['reader'] },
      ['listed'],
    ],
    ['an inbox is no prefix', { inbox: 'ana@acme', keywords: ['budget'] }, []],
    ['sender', { fromAddr: 'Ana@acme.test', keywords: ['budgets'] }, ['sent']],
    ['sender that is a recipient only', { fromAddr: INBOX, keywords: ['noon'] }, []],
    ['to', { toAddr: 'di@acme.test', keywords: ['budgets'] }, ['sent']],
    ['to covers cc', { toAddr: INBOX, keywords: ['copied'] }, ['cc']],
    ['to that is the sender only', { toAddr: INBOX, keywords: ['budgets'] }, []],
    ['sent_after is inclusive', { sentAfter: '2001-05-12', keywords: ['budget'] }, ['lunch']],
    ['the day after is not', { sentAfter: '2001-05-13', keywords: ['budget'] }, []],
    ['sent_before is exclusive', { sentBefore: '2001-05-12', keywords: ['budget'] }, ['bcc', 'budget', 'cc']],
    ['a span', { sentAfter: '2001-05-11', sentBefore: '2001-05-13', keywords: ['budget'] }, ['lunch']],
    ['an empty span', { sentAfter: '2001-05-13', sentBefore: '2001-05-11', keywords: ['budget'] }, []],
    ['limit', { maxResults: 2, keywords: ['budget'] }, ['lunch', 'bcc']],
    ['blank filters are absent', { fromAddr: ' ', toAddr: '', sentAfter: '', keywords: ['noon'] }, ['lunch']],
    ['AND is a word', { keywords: ['cats AND dogs'] }, ['operators']],
    ['quotes are not operators', { keywords: ['OR "birds"'] }, ['operators']],
    ['a star is no prefix', { keywords: ['bud*'] }, []],
    ['a column filter is words', { keywords: ['col:umn'] }, ['operators']],
    ['NUL ends nothing', { keywords: ['cats\0AND'] }, ['operators']],
  ])('%s', (_name, query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it('marks the match in a snippet of at most 15 tokens', async () => {
    const body = `${'before '.repeat(40)}needle ${'after '.repeat(40)}`;
    const long = await createMailStore([mail('long', { body })]);
    const [hit] = long.search({ inbox: INBOX, keywords: ['needle'] });
    expect(hit?.snippet).toContain('<b>needle</b>');
    expect(hit?.snippet.match(/before|after|needle/g)).toHaveLength(15);
    const short = await createMailStore([mail('long', { body })], { snippetTokens: 4 });
    expect(
      short.search({ inbox: INBOX, keywords: ['needle'] })[0]?.snippet.match(/before|after|needle/g),
    ).toHaveLength(4);
    long.close();
    short.close();
  });

  it('never returns more than 10', async () => {
    const many = await createMailStore(Array.from({ length: 30 }, (_, i) => mail(`m${i}`)));
    expect(many.search({ inbox: INBOX, keywords: ['plain'] })).toHaveLength(10);
    many.close();
  });

  it.each<[string, Partial<SearchQuery>, RegExp]>([
    ['no keywords', { keywords: [] }, /at least one word/],
    ['a blank keyword', { keywords: ['budget', '  '] }, /no letter or digit/],
    ['a keyword of punctuation', { keywords: ['?!"*'] }, /no letter or digit/],
    ['a keyword that is no text', { keywords: [3 as unknown as string] }, /type number/],
    ['keywords that are no list', { keywords: 'budget' as unknown as string[] }, /at least one word/],
    ['too many keywords', { keywords: Array.from({ length: 33 }, () => 'a') }, /at most 32/],
    ['a giant keyword', { keywords: ['a'.repeat(1001)] }, /at most 1000/],
    ['limit 0', { maxResults: 0 }, /max_results 0\. Give a whole number from 1 to 10/],
    ['limit 11', { maxResults: 11 }, /max_results 11/],
    ['limit 2.5', { maxResults: 2.5 }, /max_results 2.5/],
    ['a date with slashes', { sentAfter: '05/12/2001' }, /sent_after "05\/12\/2001"\. Give a date/],
    ['a day that does not exist', { sentBefore: '2001-02-30' }, /sent_before "2001-02-30"/],
    ['an empty inbox', { inbox: ' ' }, /empty inbox/],
  ])('refuses %s', (_name, query, message) => {
    const ask = (): unknown => store.search({ inbox: INBOX, keywords: ['budget'], ...query });
    expect(ask).toThrow(CorpusError);
    expect(ask).toThrow(message);
  });

  it('gives hits or a CorpusError for any keywords, and stays usable', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"',
        '""',
        "'",
        'AND',
        'OR',
        'NOT',
        'NEAR(',
        '*',
        '^',
        ':',
        '(',
        ')',
        '+',
        '-',
        '{',
        '\0',
        '\ud800',
      ),
    );
    const keyword = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(fc.array(keyword, { maxLength: 8 }), (keywords) => {
        try {
          for (const id of found({ keywords })) expect(store.read(id)).not.toBeNull();
        } catch (error) {
          expect(error).toBeInstanceOf(CorpusError);
        }
        expect(found({ keywords: ['noon'] })).toEqual(['lunch']);
      }),
      { seed: 20260728, numRuns: 150 },
    );
  });

  it('agrees with a plain scan over random mail', async () => {
    const word = fc.constantFrom('red', 'green', 'blue', 'grey');
    const address = fc.constantFrom('a@x', 'b@x', 'c@x');
    const random = fc.record({
      date: fc.option(fc.integer({ min: 0, max: 4 * DAY }), { nil: null }),
      from: address,
      to: fc.array(address, { maxLength: 2 }),
      cc: fc.array(address, { maxLength: 1 }),
      subject: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
      body: fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
    });
    const query = fc.record(
      {
        inbox: address,
        keywords: fc.array(
          fc.array(word, { minLength: 1, maxLength: 2 }).map((w) => w.join(' ')),
          {
            minLength: 1,
            maxLength: 2,
          },
        ),
        fromAddr: address,
        toAddr: address,
        sentAfter: fc.constantFrom('1970-01-01', '1970-01-02', '1970-01-03'),
        sentBefore: fc.constantFrom('1970-01-02', '1970-01-03', '1970-01-09'),
        maxResults: fc.integer({ min: 1, max: 10 }),
      },
      { requiredKeys: ['inbox', 'keywords'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(random, { maxLength: 25 }),
        fc.array(query, { minLength: 5, maxLength: 9 }),
        async (fields, queries) => {
          const mails = fields.map((field, i) => mail(`m${i}`, field));
          const indexed = await createMailStore(mails);
          for (const each of queries)
            expect(indexed.search(each).map((hit) => hit.id)).toEqual(scan(mails, each));
          indexed.close();
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });
});

/** The same semantics without an index; words here contain no separators but spaces. */
function scan(mails: readonly Email[], query: SearchQuery): string[] {
  const after = query.sentAfter === undefined ? null : Date.parse(query.sentAfter);
  const before = query.sentBefore === undefined ? null : Date.parse(query.sentBefore);
  return mails
    .filter((email) => {
      const recipients = [...email.to, ...email.cc, ...email.bcc];
      return (
        query.keywords.every((k) =>
          [email.subject, email.body].some((text) => ` ${text} `.includes(` ${k} `)),
        ) &&
        (query.inbox === null || [email.from, ...recipients].includes(query.inbox)) &&
        (query.fromAddr === undefined || email.from === query.fromAddr) &&
        (query.toAddr === undefined || recipients.includes(query.toAddr)) &&
        (after === null || (email.date !== null && email.date >= after)) &&
        (before === null || (email.date !== null && email.date < before))
      );
    })
    .sort((a, b) => (b.date ?? -1) - (a.date ?? -1) || (a.id < b.id ? -1 : 1))
    .slice(0, query.maxResults ?? 10)
    .map((email) => email.id);
}

describe('read', () => {
  it('returns every field, recipients included', () => {
    expect(store.read('sent')).toEqual(MAILS[4]);
    expect(store.read('cc')?.cc).toEqual([INBOX]);
    expect(store.read('bcc')?.bcc).toEqual([INBOX]);
  });

  it('returns null for an unknown id', () => {
    expect(store.read('nope')).toBeNull();
  });
});

describe('createMailStore', () => {
  it.each<[string, Email[], RegExp]>([
    ['repeated ids', [mail('x'), mail('x')], /Two e-mails have the id x/],
    ['an empty id', [mail('')], /empty id/],
  ])('refuses %s', async (_name, mails, message) => {
    await expect(createMailStore(mails)).rejects.toThrow(message);
  });

  it('keeps stores apart and says when one is closed', async () => {
    const other = await createMailStore([mail('only')]);
    expect(other.size).toBe(1);
    expect(found({ keywords: ['plain'] })).not.toContain('only');
    other.close();
    other.close();
    expect(() => other.read('only')).toThrow(/after close/);
    expect(found({ keywords: ['noon'] })).toEqual(['lunch']);
  });
});
