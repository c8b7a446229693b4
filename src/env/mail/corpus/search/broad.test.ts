import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailStore } from '../store';
import { CorpusError, type Email, type MailStore, type SearchQuery } from '../types';

const INBOX = 'me@home.test';
let made = 0;

function mail(id: string, body: string, fields: Partial<Email> = {}): Email {
  return {
    id,
    messageId: `${id}@x.test`,
    date: Date.UTC(2025, 2, 1) + made++,
    from: 'li@x.test',
    to: [INBOX],
    cc: [],
    bcc: [],
    subject: '',
    body,
    ...fields,
  };
}

const MAILS: Email[] = [
  mail('zh', '今天讨论了部署方案，代码K1-77。', { subject: '部署' }),
  mail('ja', '会議室は四階です。重跑gen-itgc後。東京タワーで。', { subject: '会議' }),
  mail('ko', '회의실에서 만나요', { subject: '회의' }),
  mail('th', 'ประชุมวันศุกร์ที่ห้องสี่', { subject: 'ประชุม' }),
  mail('de', "Die Müllerstraße ist gesperrt. Version 20.04, C++ und user@nasa.test, 50% und don't.", {
    subject: 'Straße',
  }),
  mail('en', 'Invoices were paid. The parties agreed. 🎉 All meetings moved.', { subject: 'parties' }),
  mail('fold', 'Ελλάδα, ёлка, L’hôtel, ﬁnal offer, 1,234 units, O’Brien, followup done'),
  mail('hyphen', 'We need a follow-up on the re-scheduled call.'),
  mail('people', 'The numbers are attached.', {
    from: 'ann.lee@acme.test',
    cc: ['bob@acme.test'],
    names: { 'ann.lee@acme.test': 'Dr. Ann Lee', 'bob@acme.test': 'José Ramírez' },
  }),
  mail('order', 'The agreed parties of the second part'),
];

let store: MailStore;
let strict: MailStore;
beforeAll(async () => {
  store = await createMailStore(MAILS, { search: 'broad' });
  strict = await createMailStore(MAILS, { search: 'broad', oneMissing: false });
});
afterAll(() => {
  store.close();
  strict.close();
});

const find = (keywords: string[], more: Partial<SearchQuery> = {}, where = strict): string[] =>
  where.search({ inbox: INBOX, keywords, ...more }).map(({ id }) => id);

describe('broad search', () => {
  it.each<[string, string[], string[]]>([
    ['a Chinese word at the start', ['部署'], ['zh']],
    ['a Chinese word inside a text', ['讨论'], ['zh']],
    ['a longer run', ['部署方案'], ['zh']],
    ['the order of characters counts', ['署部'], []],
    ['one character', ['案'], ['zh']],
    ['a Japanese word', ['四階'], ['ja']],
    ['katakana', ['東京タワー'], ['ja']],
    ['Latin glued to Chinese', ['itgc'], ['ja']],
    ['both in one keyword', ['gen-itgc後'], ['ja']],
    ['Korean without its ending', ['회의실'], ['ko']],
    ['Thai inside a run', ['วันศุกร์'], ['th']],
    ['Thai at the end', ['ห้องสี่'], ['th']],
    ['sharp s', ['Müllerstrasse'], ['de']],
    ['composed and decomposed accents', ['Mu\u0308llerstraße'], ['de']],
    ['umlauts spelled out', ['Muellerstrasse'], ['de']],
    ['dotted numbers', ['20.04'], ['de']],
    ['marks', ['C++'], ['de']],
    ['an address', ['user@nasa.test'], ['de']],
    ['part of an address', ['@nasa'], ['de']],
    ['an apostrophe', ["don't"], ['de']],
    ['a curly one', ['don’t'], ['de']],
    ['none', ['dont'], ['de']],
    ['a percentage', ['50%'], ['de']],
    ['singular for plural', ['invoice'], ['en']],
    ['y and ies', ['party'], ['order', 'en']],
    ['another form', ['meeting'], ['en']],
    ['a picture', ['🎉'], ['en']],
    ['Greek accents', ['Ελλαδα'], ['fold']],
    ['Cyrillic yo', ['елка'], ['fold']],
    ['a ligature', ['final'], ['fold']],
    ['a French article stays apart', ['hotel'], ['fold']],
    ['thousands', ['1234'], ['fold']],
    ['thousands with a comma', ['1,234'], ['fold']],
    ['O’Brien without a mark', ['obrien'], ['fold']],
    ['a hyphen for none', ['follow-up'], ['hyphen', 'fold']],
    ['none for a hyphen', ['followup'], ['hyphen', 'fold']],
    ['a sender by name', ['Ann Lee'], ['people']],
    ['a recipient by name, accents folded', ['jose ramirez'], ['people']],
    ['words of a keyword in any order', ['agreed parties'], ['order', 'en']],
    ['a phrase in quotes', ['"parties agreed"'], ['en']],
    ['a phrase in curly quotes', ['“parties agreed”'], ['en']],
    ['a phrase that is not there', ['"agreed party moved"'], []],
    ['words over several keywords', ['invoices', 'agree'], ['en']],
    ['a blank keyword asks for nothing', ['paid', ' '], ['en']],
    ['nothing but marks', ['?!'], []],
    ['operators are words', ['paid OR nothing'], []],
    ['an open quote', ['"paid'], ['en']],
    ['NUL', ['paid\0agreed'], ['en']],
  ])('%s', (_name, keywords, ids) => {
    expect(find(keywords)).toEqual(ids);
  });

  it.each<[string, Partial<SearchQuery>, string[]]>([
    ['a name as sender', { fromAddr: 'Ann Lee' }, ['people']],
    ['a name that is another', { fromAddr: 'Jose' }, []],
    ['a name and address as sender', { fromAddr: 'Ann <Ann.Lee@acme.test>' }, ['people']],
    ['a name as recipient', { toAddr: 'José Ramírez' }, ['people']],
    ['an address', { fromAddr: 'ann.lee@acme.test' }, ['people']],
  ])('%s', (_name, more, ids) => {
    expect(find(['numbers'], more)).toEqual(ids);
  });

  it('lets one word be missing only where all together are nowhere, and only when told to', () => {
    expect(find(['invoices', 'zebra'], {}, store)).toEqual(['en']);
    expect(find(['invoices', 'zebra'])).toEqual([]);
    expect(find(['invoices', 'zebra', 'giraffe'], {}, store)).toEqual([]);
    expect(find(['zebra'], {}, store)).toEqual([]);
    expect(find(['parties', 'invoices'], {}, store)).toEqual(['en']);
    expect(find(['numbers', 'zebra'], { fromAddr: 'Jose' }, store)).toEqual([]);
  });

  it.each<[string, string[], string]>([
    ['a form of the word', ['invoice'], '<b>Invoices</b> were paid'],
    ['a run', ['部署方案'], '讨论了<b>部署方案</b>，'],
    [
      'runs that overlap and one inside another',
      ['署方案', '讨论了部署', '论'],
      '今天<b>讨论了部署方案</b>，',
    ],
    ['runs in another order than the text', ['方案', '讨论'], '<b>讨论</b>了部署<b>方案</b>，'],
    ['an apostrophe', ['dont'], "<b>don't</b>"],
  ])('marks %s in the excerpt', (_name, keywords, excerpt) => {
    const [hit] = strict.search({ inbox: INBOX, keywords });
    expect(hit?.snippet).toContain(excerpt);
  });

  it('cuts excerpts to the asked number of words around the match', async () => {
    const body = `${'before '.repeat(40)}needle ${'after '.repeat(40)}`;
    const long = await createMailStore([mail('long', body)], { search: 'broad', snippetTokens: 6 });
    const snippet = long.search({ inbox: INBOX, keywords: ['needles'] })[0]?.snippet ?? '';
    expect(snippet.match(/before|after|needle/g)).toHaveLength(6);
    expect(snippet).toMatch(/^ \.\.\. .*<b>needle<\/b>.* \.\.\. $/);
    long.close();
  });

  it('gives hits or a CorpusError for any keywords', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"',
        '*',
        'AND',
        'NEAR(',
        ':',
        '^',
        '会',
        'ท',
        'a-b',
        "l'x",
        '\0',
        '\ud800',
        '()',
        '{',
        '🎉',
        '1,234',
      ),
    );
    const keyword = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.array(keyword, { maxLength: 6 }),
        fc.option(keyword, { nil: undefined }),
        (keywords, from) => {
          try {
            store.search({ inbox: INBOX, keywords, ...(from === undefined ? {} : { fromAddr: from }) });
          } catch (error) {
            expect(error).toBeInstanceOf(CorpusError);
          }
          expect(find(['invoice'], {}, store)).toEqual(['en']);
        },
      ),
      { seed: 11, numRuns: 150 },
    );
  });

  it('finds every mail by every word of it, in the order of the exact search', async () => {
    const words = ['red', 'running', 'ponies', '会議室', 'ห้องสี่', 'Straße', '회의실에서', "don't", 'co-op'];
    const text = fc
      .array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(' '));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 12 }), async (texts) => {
        const mails = texts.map((body, i) => mail(`m${String(i).padStart(2, '0')}`, body));
        const indexed = await createMailStore(mails, { search: 'broad' });
        for (const word of words) {
          const wanted = mails
            .filter(({ body }) => body.split(' ').includes(word))
            .sort((a, b) => (b.date ?? 0) - (a.date ?? 0));
          expect(find([word], {}, indexed)).toEqual(wanted.slice(0, 10).map(({ id }) => id));
        }
        indexed.close();
      }),
      { seed: 5, numRuns: 30 },
    );
  });
});
