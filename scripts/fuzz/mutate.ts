/** Arbitrary bytes near those of files that are right: few edits, so that most of a file stays what a parser expects. */
import fc from 'fast-check';

/** What is put into texts: the marks by which formats are read, and numbers at their edges. */
const WORDS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '\\',
    ',',
    ':',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\0',
    '\u2028',
    '\ud800',
    '\ufeff',
    '😀',
    'İ',
    'ß',
  ],
  ...[
    'null',
    'true',
    '-1',
    '0',
    '1e999',
    '-0',
    '9007199254740993',
    '4294967296',
    '1e17',
    'NaN',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '<',
    '>',
    '</',
    '<style>',
    '<!--',
    '-->',
    '<![CDATA[',
    '&#x110000;',
    '&amp;',
    '{{',
    '}}',
    '{%',
    '%}',
    '{% for x in range(9) %}',
    '{% endfor %}',
  ],
  ...[
    '<tool_call>',
    '</tool_call>',
    '<function=',
    '<|im_end|>',
    '[TOOL_CALLS]',
    '```',
    '<think>',
    '</think>',
    '<|python_tag|>',
  ],
  ...[
    '=?utf-8?B?',
    '?=',
    'Content-Type: ',
    'multipart/mixed; boundary=x',
    '--x',
    'From ',
    'Date: ',
    'base64',
    'quoted-printable',
    '=',
    '../',
    '/etc/passwd',
  ],
];
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Edit =
  | { readonly kind: 'bit' | 'cut'; readonly at: number; readonly value: number }
  | { readonly kind: 'word'; readonly at: number; readonly word: string }
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly width: number }
  | {
      readonly kind: 'remove' | 'repeat' | 'splice';
      readonly at: number;
      readonly length: number;
      readonly times: number;
      readonly other: number;
    };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('bit' as const), at, value: fc.nat(7) }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('word' as const), at, word: fc.constantFrom(...WORDS) }),
  },
  fc.record({ kind: fc.constant('bytes' as const), at, bytes: fc.uint8Array({ maxLength: 8 }) }),
  fc.record({
    kind: fc.constant('number' as const),
    at,
    value: fc.constantFrom(...NUMBERS),
    width: fc.constantFrom(1, 2, 4, 8),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'repeat' as const, 'splice' as const),
    at,
    length: fc.oneof(fc.nat(8), fc.nat(300)),
    times: fc.oneof(fc.nat(3), fc.nat(200)),
    other: fc.nat(1000),
  }),
  fc.record({ kind: fc.constant('cut' as const), at, value: fc.constant(0) }),
);

/** Longest input; what grows without end is a matter for bombs, which have tests of their own. */
const MOST_BYTES = 256 * 1024;

/** @param seeds files that are right; none: any bytes */
export function near(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 200, unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
  );
  if (seeds.length === 0) return any;
  const edited = fc
    .record({ seed: fc.nat(seeds.length - 1), edits: fc.array(edit, { maxLength: 6 }) })
    .map(({ seed, edits }) =>
      edits.reduce((bytes, one) => apply(bytes, one, seeds), seeds[seed] ?? new Uint8Array()),
    );
  return fc.oneof({ weight: 12, arbitrary: edited }, any);
}

function apply(bytes: Uint8Array, edit: Edit, seeds: readonly Uint8Array[]): Uint8Array {
  const place = Math.floor(edit.at * (bytes.length + 1));
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (edit.kind) {
    case 'bit': {
      const copy = bytes.slice();
      if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ (1 << edit.value);
      return copy;
    }
    case 'cut':
      return head;
    case 'word':
      return joined(head, new TextEncoder().encode(edit.word), tail);
    case 'bytes':
      return joined(head, edit.bytes, tail);
    case 'number': {
      const number = new Uint8Array(8);
      new DataView(number.buffer).setUint32(0, edit.value, true);
      return joined(head, number.subarray(0, edit.width), tail.subarray(edit.width));
    }
    case 'remove':
      return joined(head, tail.subarray(edit.length));
    case 'repeat':
      return joined(head, ...new Array<Uint8Array>(edit.times).fill(tail.subarray(0, edit.length)), tail);
    case 'splice': {
      const other = seeds[edit.other % seeds.length] ?? head;
      const from = Math.floor((edit.other / 1001) * other.length);
      return joined(head, other.subarray(from, from + edit.length), tail);
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts).subarray(0, MOST_BYTES));
}
