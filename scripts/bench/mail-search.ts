/**
 * Times indexing and search over made-up mail, on one core: `npx tsx scripts/bench/mail-search.ts [mails] [exact|broad]`.
 * CPU time, since a busy machine stretches the clock. Word frequencies follow Zipf's law; every mail is in one inbox.
 */
import { createMailStore } from '../../src/env/mail/corpus/store';
import { SEARCH_METHODS, type Email, type SearchQuery } from '../../src/env/mail/corpus/types';
import { Random } from '../../src/random/philox';

const WORDS = 60_000;
const BODY_WORDS = 250;
const SEARCHES = 400;
const INBOX = 'me@home.example';
const ROOT = [
  'ta',
  'ri',
  'mon',
  'del',
  'ka',
  'sor',
  'ven',
  'lu',
  'pra',
  'ot',
  'ing',
  'es',
  'er',
  'al',
  'ment',
  'ity',
];

const [count = '100000', name = 'broad'] = process.argv.slice(2);
const search = SEARCH_METHODS.find((method) => method === name);
if (search === undefined)
  throw new Error(`"${name}" is no search. Give one of ${SEARCH_METHODS.join(', ')}.`);
const random = new Random(7, 'bench-mail');
const words = Array.from({ length: WORDS }, (_, i) => wordOf(i));

function wordOf(index: number): string {
  let word = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor(rest / ROOT.length))
    word += ROOT[rest % ROOT.length] ?? '';
  return word;
}

/** Rank by Zipf's law with exponent 1. */
function zipf(source: Random): number {
  return Math.min(WORDS - 1, Math.floor(Math.exp(source.uniform() * Math.log(WORDS))));
}

const draw = (length: number): string => Array.from({ length }, () => words[zipf(random)] ?? '').join(' ');
const emails: Email[] = Array.from({ length: Number(count) }, (_, i) => {
  const person = random.integer(500);
  const from = `p${String(person)}@acme.example`;
  // One mail in fifty is in Japanese.
  const isJapanese = i % 50 === 0;
  return {
    id: `m${String(i)}`,
    messageId: `${String(i)}@acme.example`,
    date: 1e12 + i * 600_000,
    from,
    to: [INBOX],
    cc: [],
    bcc: [],
    subject: draw(6),
    body: isJapanese ? japanese() : `${draw(BODY_WORDS)}. Don't follow-up on 1,234.`,
    names: { [from]: `${words[person] ?? ''} ${words[person + 500] ?? ''}` },
  };
});

function japanese(): string {
  return Array.from({ length: 400 }, () => String.fromCodePoint(0x4e00 + (zipf(random) % 3000))).join('');
}

const bytes = emails.reduce(
  (sum, { subject, body }) => sum + Buffer.byteLength(subject) + Buffer.byteLength(body),
  0,
);
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const before = cpu();
const store = await createMailStore(emails, { search });
const indexing = (cpu() - before) / 1000;
console.log(`${search}, ${count} mails, ${(bytes / 1e6).toFixed(1)} MB of text`);
console.log(
  `indexed in ${indexing.toFixed(1)} s of CPU: ${String(Math.round(emails.length / indexing))} mails a second`,
);
console.log(
  `index ${(store.indexBytes / 1e6).toFixed(1)} MB: ${(store.indexBytes / bytes).toFixed(2)} times the text`,
);

const at = (low: number, high: number): string => words[low + random.integer(high - low)] ?? '';
const kinds: readonly (readonly [string, () => Partial<SearchQuery> & Pick<SearchQuery, 'keywords'>])[] = [
  ['1 common word', () => ({ keywords: [at(0, 50)] })],
  ['3 common words', () => ({ keywords: [at(0, 50), at(0, 50), at(0, 50)] })],
  ['2 middling words', () => ({ keywords: [at(200, 2000), at(200, 2000)] })],
  ['3 rare words', () => ({ keywords: [at(20_000, WORDS), at(20_000, WORDS), at(20_000, WORDS)] })],
  ['2 common, 1 unknown', () => ({ keywords: [at(0, 50), at(0, 50), 'qqqqx'] })],
  ['phrase', () => ({ keywords: [`"${at(0, 50)} ${at(0, 50)}"`] })],
  ['word and sender by name', () => ({ keywords: [at(0, 200)], fromAddr: words[random.integer(500)] ?? '' })],
  [
    '2 Japanese characters',
    () => ({ keywords: [String.fromCodePoint(0x4e00 + random.integer(40), 0x4e00 + random.integer(40))] }),
  ],
];
for (let i = 0; i < 50; i++) store.search({ inbox: INBOX, keywords: [at(0, 50)] });
const all: number[] = [];
for (const [kind, query] of kinds) {
  const times = Array.from({ length: SEARCHES }, () => {
    const asked = { inbox: INBOX, ...query() };
    const start = cpu();
    store.search(asked);
    return cpu() - start;
  }).sort((a, b) => a - b);
  all.push(...times);
  const part = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1);
  console.log(`${kind.padEnd(26)} p50 ${part(0.5)} ms, p99 ${part(0.99)} ms, max ${part(1)} ms`);
}
all.sort((a, b) => a - b);
console.log(`all: p99 ${(all[Math.floor(0.99 * all.length)] ?? 0).toFixed(1)} ms`);
