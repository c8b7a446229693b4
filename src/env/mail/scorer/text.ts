/** Text in one plain form, before it is cut into tokens. */

import { ordinalOf } from './values/number-words';

const FRACTIONS: Readonly<Record<string, string>> = {
  '½': '.5',
  '¼': '.25',
  '¾': '.75',
  '⅓': '.3333333333',
  '⅔': '.6666666667',
  '⅛': '.125',
};

/** One form for quotes, dashes, blanks, fractions and hidden addresses; letters keep their marks. */
export function plainText(text: string): string {
  return text
    .replace(
      /(\d?)\s?([½¼¾⅓⅔⅛])/gu,
      (_all, whole: string, sign: string) => (whole || '0') + (FRACTIONS[sign] ?? ''),
    )
    .normalize('NFKC')
    .replace(/[’‘`´ʼ]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/\*\*|__|^#+ /gm, '')
    .replace(/(?<=\d)[\u00a0\u2009\u202f'](?=\d{3}(?!\d))/g, '')
    .replace(
      /(?<=[$€£¥]\s?\d{1,3}) (?=\d{3}(?!\d))|(?<=(?<![\d.,])\d{1,3}) (?=\d{3}\s?(?:[$€£¥]|USD|EUR|GBP|dollars|euros))/g,
      '',
    )
    .replace(/(?<!\w)v\.?\s?(?=\d+\.\d)/gi, '')
    .replace(/(?<!\w|\d[\s,]*)(?:x|ext\.?|extension)\s?(?=\d{2,6}(?!\w))/gi, '')
    .replace(/(?<!\d)(\d{3})\/(?=\d{3}-\d{4}(?!\d))/g, '$1-')
    .replace(ORDINAL_DAY, (all, before: string, word: string, after: string) => {
      const day = ordinalOf((word ?? '').toLowerCase().replace(' ', '-'));
      return day === null ? all : `${before}${day}${after}`;
    })
    .replace(/(?<!\w)([SE]?)VP(?!\w)/g, (_all, rank: string) => `${RANKS[rank] ?? ''}Vice President`)
    .replace(/(?<![\p{L}\d])(Dr|Mr|Mrs|Ms|Prof|St|Inc|Corp|Co|Ltd|Jr|Sr|vs)\.(?=\s+[\p{L}\d])/gu, '$1')
    .replace(/(?<!\p{L})No\.(?=\s*\d)/gu, 'No')
    .replace(/^\d{1,3}(?: \d{3})+$/, (number) => number.replace(/ /g, ''))
    .replace(/\s*[[(]at[\])]\s*/gi, '@')
    .replace(/\s*[[(]dot[\])]\s*/gi, '.')
    .replace(/^\s*1[.)]\s[^]*\s2[.)]\s[^]*$/, (list) => list.replace(/(^|\s)\d[.)]\s+/g, '; '))
    .replace(/(\+\d{1,3}\s?)\(0\)\s?/g, '$1')
    .replace(/(?<![\p{L}\d.,+$€£¥-])([$€£¥]?\d[\d,]*(?:\.\d+)?)\+(?![\d+@])\s?/gu, 'at least $1 ')
    .replace(/^\s*(?:\d+[.)]|[-*•])\s+(?=\S)/gm, '')
    .replace(/(^|\s)\d\)\s+(?=\p{L})/gu, '$1; ')
    .trim();
}

/** Lower case without accents: `José` and `jose` are one word. */
export function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/æ/g, 'ae')
    .replace(/œ/g, 'oe')
    .replace(/đ/g, 'd');
}

/** {@link fold} with umlauts spelled out, as German writes them without the letters: `Mueller`. */
export function foldUmlauts(word: string): string {
  const spelled = word
    .normalize('NFC')
    .toLowerCase()
    .replace(/ä/g, 'ae')
    .replace(/[öø]/g, 'oe')
    .replace(/ü/g, 'ue')
    .replace(/å/g, 'aa');
  return fold(spelled);
}

const MONTHS =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const HALF = '(?:[ap]\\.?\\s?m\\b\\.?)';
const CLOCK = '\\d{1,2}(?:[:.][0-5]\\d)?';
const THROUGH = '(?:\\s*-\\s*|\\s+(?:to|until|till|through|thru|and|or)\\s+)';
const DAY = '\\d{1,2}(?:st|nd|rd|th)?';
const AMOUNT = '\\d[\\d,]*(?:\\.\\d+)?';
const SCALE = '(?:\\s*(?:thousand|million|billion|mn|bn|mm)|[kmb])\\b';
const CURRENCY = '(?:US\\$|USD\\s?|EUR\\s?|GBP\\s?|[$€£¥])';
const joiner = (text: string): string => (/-/.test(text) ? ' to ' : ` ${text.trim()} `);

const ORDINAL_WORD =
  '(?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|\\p{L}+(?:st|nd|rd|th)|second';
const ORDINAL_DAY = new RegExp(
  `((?<![\\p{L}])${MONTHS}\\s+(?:the\\s+)?|(?<![\\p{L}]))(${ORDINAL_WORD})((?<=${MONTHS}\\s+(?:the\\s+)?\\p{L}+(?:[- ]\\p{L}+)?)|(?=\\s+(?:of\\s+)?${MONTHS}(?![\\p{L}])))`,
  'giu',
);
const RANKS: Readonly<Record<string, string>> = { S: 'Senior ', E: 'Executive ' };

type Rule = readonly [RegExp, (groups: Readonly<Record<string, string>>) => string];
const named = (replace: (groups: Readonly<Record<string, string>>) => string) => replace;

/** What is written once for several values is written out: `9-11 am`, `March 4-6`, `$4-5 million`, `10 and 12 March`. */
const SHARED: readonly Rule[] = [
  // 9-11 am
  [
    new RegExp(`(?<![\\d:./-])(?<a>${CLOCK})(?<mid>${THROUGH})(?<b>${CLOCK})\\s*(?<half>${HALF})`, 'giu'),
    named(({ a = '', mid = '', b = '', half = '' }) => {
      // 11-1 pm begins in the morning.
      const crosses = parseFloat(a) > parseFloat(b) && parseFloat(a) < 12;
      const other = crosses ? (half.startsWith('p') || half.startsWith('P') ? 'am' : 'pm') : half;
      return `${a} ${other}${joiner(mid)}${b} ${half}`;
    }),
  ],
  // December 24, 25 and 26
  [
    new RegExp(
      `\\b(?<month>${MONTHS})\\s+(?<a>${DAY}),\\s*(?<b>${DAY}),?(?<mid>\\s+(?:and|or)\\s+)(?<c>${DAY})(?<year>,?\\s+\\d{4})?(?![\\w:/]|,\\d)`,
      'giu',
    ),
    named(
      ({ month = '', a = '', b = '', mid = '', c = '', year = '' }) =>
        `${month} ${a}${year}, ${month} ${b}${year}${mid}${month} ${c}${year}`,
    ),
  ],
  // March 4-6, 2025
  [
    new RegExp(
      `\\b(?<month>${MONTHS})\\s+(?<a>${DAY})(?<mid>${THROUGH}|\\s*(?:,|&)\\s*)(?<b>${DAY})(?<year>,?\\s+\\d{4})?(?![\\w:/]|,\\d|\\s*${HALF}|\\s+(?:${MONTHS})\\b)`,
      'giu',
    ),
    named(
      ({ month = '', a = '', mid = '', b = '', year = '' }) =>
        `${month} ${a}${year}${joiner(mid)}${month} ${b}${year}`,
    ),
  ],
  // 10, 11 and 12 March
  [
    new RegExp(
      `(?<![\\w:/.$€£-])(?<a>${DAY}),\\s*(?<b>${DAY}),?(?<mid>\\s+(?:and|or)\\s+)(?<c>${DAY})\\s+(?<month>${MONTHS})(?<year>,?\\s+\\d{4})?\\b`,
      'giu',
    ),
    named(
      ({ a = '', b = '', mid = '', c = '', month = '', year = '' }) =>
        `${a} ${month}${year}, ${b} ${month}${year}${mid}${c} ${month}${year}`,
    ),
  ],
  // 4-6 March
  [
    new RegExp(
      `(?<![\\w:/.$€£-])(?<a>${DAY})(?<mid>${THROUGH})(?<b>${DAY})(?:\\s+of)?\\s+(?<month>${MONTHS})(?<year>,?\\s+\\d{4})?(?![\\w])`,
      'giu',
    ),
    named(
      ({ a = '', mid = '', b = '', month = '', year = '' }) =>
        `${a} ${month}${year}${joiner(mid)}${b} ${month}${year}`,
    ),
  ],
  // $4-5 million, $4,500-5,000
  [
    new RegExp(
      `(?<unit>${CURRENCY})(?<a>${AMOUNT})(?<sa>${SCALE})?(?<mid>\\s*-\\s*|\\s+(?:to|and|or)\\s+)(?<u2>${CURRENCY})?(?<b>${AMOUNT})(?<scale>${SCALE})?(?![\\d%])`,
      'giu',
    ),
    named(({ unit = '', a = '', sa, mid = '', u2, b = '', scale = '' }) => {
      // "$5 and 3 days" shares nothing.
      if (u2 === undefined && !/-|to/.test(mid)) return `${unit}${a}${sa ?? ''}${mid}${b}${scale}`;
      return `${unit}${a}${sa ?? scale}${joiner(mid)}${u2 ?? unit}${b}${scale}`;
    }),
  ],
  // 5-10 days, 10-15%, 1998-1999
  [
    new RegExp(
      `(?<![\\w./:+@#-])(?<a>${AMOUNT})\\s*-\\s*(?<b>${AMOUNT})(?<unit>\\s*%|\\s+(?:per\\s?cent|percent|[a-z]+))?(?![\\w/@:-]|\\.\\d)`,
      'giu',
    ),
    named(({ a = '', b = '', unit = '' }) => {
      const isUnit = UNIT_WORDS.test(unit.trim());
      return isUnit ? `${a}${unit} to ${b}${unit}` : `${a} to ${b}${unit}`;
    }),
  ],
  [
    new RegExp(
      `(?<![\\w./:$€£+@#-])(?<a>${AMOUNT})\\s+(?<mid>to|and|or)\\s+(?<b>${AMOUNT})(?<unit>\\s*%|\\s+(?:per\\s?cent|percent|[a-z]+))(?![\\w/@:-]|\\.\\d)`,
      'giu',
    ),
    named(({ a = '', mid = '', b = '', unit = '' }) =>
      UNIT_WORDS.test(unit.trim()) ? `${a}${unit} ${mid} ${b}${unit}` : `${a} ${mid} ${b}${unit}`,
    ),
  ],
];
const UNIT_WORDS =
  /^(?:%|percent|per\s?cent|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|km|kms|kilomet\w+|miles?|met(?:er|re)s?|feet|ft|inches|kg|lbs?|g|grams?|tons?|mw|kw|mwh|gb|mb|dollars|euros|usd|eur|gbp|million|billion|thousand)$/i;

export function expandShared(text: string): string {
  let expanded = text;
  for (const [pattern, replace] of SHARED) {
    expanded = expanded.replace(pattern, (...found: unknown[]) => {
      const groups = found.at(-1) as Readonly<Record<string, string>>;
      return isOneValue(String(found[0])) ? String(found[0]) : replace(groups);
    });
  }
  return expanded;
}

/** `555-1234` is a number to call and `2026-06` a month, not a range. */
function isOneValue(found: string): boolean {
  return /^\s*(?:\d{3}-\d{4}|(?:19|20)\d\d-(?:0[1-9]|1[0-2]))\s*$/.test(found);
}
