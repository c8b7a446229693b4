import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreAnswer } from './scorer';

interface Row {
  readonly gold: string;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly question?: string;
  readonly aliases?: readonly string[];
}

const TABLE: readonly Row[] = [
  // Text.
  {
    gold: 'Falcon',
    right: [
      'Falcon',
      'falcon.',
      ' FALCON ',
      'It is Falcon.',
      'The project is called Falcon',
      'Project Falcon',
      '"Falcon"',
      'Yes, Falcon',
      'the Falcon',
    ],
    wrong: [
      'Heron',
      '',
      '?',
      'Falcons',
      'Falconry',
      'not Falcon',
      'It is not Falcon.',
      "It isn't Falcon",
      'Falcon or Heron',
      'either Falcon or Heron',
      'Falcon, Heron',
      'Heron, Falcon',
      'Heron, Falcon, Osprey',
      'Falcon and Heron',
      'Heron and Falcon',
      'Falcon/Heron',
      'Falcon; Heron',
      'Falcon & Heron',
      'Falcon\nHeron',
      'Maybe Falcon',
      'Perhaps Falcon, perhaps Heron',
      'Falcon is wrong',
      'Falcon Heron',
      'Falcon Heron Osprey',
      "I don't know",
      "I don't know, Falcon",
    ],
  },
  {
    gold: 'blue',
    right: ['Blue', 'it was blue', 'a blue one'],
    wrong: ['red', 'blue, red', 'red, blue', 'blue and red', 'never blue', 'light-blue'],
  },
  {
    gold: 'not approved',
    right: ['not approved', 'It was not approved.'],
    wrong: ['approved', 'It was approved'],
  },
  { gold: 'approved', right: ['It was approved'], wrong: ['not approved', 'It was never approved'] },
  {
    gold: 'yes',
    right: ['Yes', 'Yes, it was moved'],
    wrong: ['no', 'yes and no', 'maybe yes', 'It was moved'],
  },
  { gold: 'No', right: ['no', 'No, it was not moved.'], wrong: ['yes', 'not', 'No, yes'] },
  {
    gold: 'black and white',
    right: ['Black and white', 'They are black and white.', 'white and black'],
    wrong: ['black', 'black or white', 'black, white and red'],
  },
  { gold: 'Café Zürich', right: ['cafe zurich', 'CAFÉ ZÜRICH', 'at Café Zürich'], wrong: ['Cafe', 'Zurich'] },
  { gold: 'follow-up', right: ['follow up', 'followup', 'Follow-Up'], wrong: ['follow'] },
  { gold: "O'Neil", right: ['O’Neil', "o'neil"], wrong: ['Neil'] },
  {
    gold: 'ann@acme.example',
    right: ['ann@acme.example', 'Ann@acme.example.', 'Write to ann@acme.example'],
    wrong: ['bob@acme.example', 'ann@acme.example.org', 'acme.example'],
  },
  {
    gold: 'https://acme.example/a?b=1',
    right: ['It is at https://acme.example/a?b=1.'],
    wrong: ['https://acme.example/a', 'https://acme.example/a?b=12'],
  },
  { gold: 'AB 1234 56', right: ['AB-1234-56', 'AB123456', 'AB 12 34 56'], wrong: ['AB 1234 57'] },
  // Names.
  {
    gold: 'Ann Lee',
    right: [
      'Ann Lee',
      'ann lee',
      'Lee, Ann',
      'It was Ann Lee.',
      'Ann Lee sent it.',
      'Dr. Ann Lee',
      'Ann Lee, the manager',
      'Ann Lee (Acme)',
      'The report came from Lee, Ann.',
    ],
    wrong: [
      'Ann',
      'Lee',
      'Lee Ann',
      'Ann Ray',
      'Bob Lee',
      'Mary Ann Lee',
      'Ann Lee Smith',
      'Ann Lee-Smith',
      'Anna Lee',
      'Ann Lee or Bob Ray',
      'Ann Lee, Bob Ray',
      'Bob Ray, Ann Lee',
      'Bob Ray and Ann Lee',
      'not Ann Lee',
      'Ann Lee did not send it',
    ],
  },
  { gold: 'Lee, Ann', right: ['Ann Lee', 'Lee, Ann'], wrong: ['Ann', 'Bob Lee'] },
  {
    gold: 'Ann',
    question: 'Who is it?',
    right: ['Ann', 'Ann Lee', 'It was Ann.'],
    wrong: ['Bob', 'Anna', 'Ann, Bob', 'Ann Lee Ray'],
  },
  { gold: 'Acme', right: ['Acme Corp', 'Acme Ltd.'], wrong: ['Acme Zeta', 'Zeta Acme'] },
  {
    gold: 'Ann Lee',
    question: 'Who did not answer?',
    right: ['Ann Lee did not answer'],
    wrong: ['not Ann Lee'],
  },
  {
    gold: 'Ann Lee',
    question: 'Who leads Project Heron?',
    right: ['Ann Lee leads Project Heron', 'Project Heron: Ann Lee'],
    wrong: ['Heron'],
  },
  // Codes.
  {
    gold: 'AB-1234',
    right: ['AB-1234', 'ab1234', 'AB 1234', 'ab_1234', 'The code is AB-1234.', 'code: AB-1234'],
    wrong: [
      'AB-1235',
      'AB-123',
      'B-1234',
      '1234',
      'AB-12345',
      'AB-1234-X',
      'AB-1234, AB-1235',
      'AB-1234/AB-1235',
      'AB-1234 AB-1235',
      'not AB-1234',
    ],
  },
  { gold: 'PO 4471', right: ['PO-4471', 'po4471', 'PO 4471'], wrong: ['PO 4472', '4471', 'PO 44'] },
  {
    gold: 'Room 12',
    right: ['Room 12', 'room 12', 'in Room 12.'],
    wrong: ['12', 'Room 13', 'Room 12 or Room 13', 'Room 12, Room 13', 'Room'],
  },
  // Numbers.
  {
    gold: '1,200',
    right: ['1200', '1,200', '1.2k', '1,200.00', '1200 seats', 'There are 1,200 of them', '1.2 thousand'],
    wrong: [
      '1,201',
      '12000',
      '120',
      '1.2',
      '200',
      '1',
      '1200 or 1300',
      'between 1200 and 1300',
      '1200, 1300',
      '1200-1300',
      'not 1200',
      '1200%%5',
      '-1200',
      '1200th',
    ],
  },
  {
    gold: '5',
    right: ['5', 'five', 'It is five.', '5.0', 'There are 5', '5 on the 4th floor'],
    wrong: [
      '6',
      'either 5 or 6',
      '5, 6-7',
      '5 or 6',
      '5/6',
      '5, 6',
      '4 5 6',
      'not 5',
      'It is not 5.',
      '15',
      '50',
      '5k',
      '5th',
      '1 2 3 4 5 6 7 8 9',
      'six',
    ],
  },
  { gold: 'three', right: ['3', 'three', 'Three'], wrong: ['four', '4', 'three or four'] },
  {
    gold: '12 days',
    right: ['12 days', '12', 'twelve days', 'It takes 12 days.', 'in 12 days'],
    wrong: ['12 weeks', '13 days', 'days', '12 days or 13 days', '12 to 14 days'],
  },
  { gold: '12', right: ['12 days', '12'], wrong: ['21', '12 or 21'] },
  { gold: '2.5 million', right: ['2,500,000', '2.5 million', '2.5M'], wrong: ['2.5', '25 million'] },
  { gold: '12%', right: ['12%', '12 percent', '12 per cent', '12'], wrong: ['13%', '12%, 13%', '$12'] },
  {
    gold: '5',
    question: 'How many seats has room 12?',
    right: ['Room 12 has 5 seats'],
    wrong: ['12', 'Room 12 has 6 seats'],
  },
  { gold: '-3', right: ['-3'], wrong: ['3'] },
  // Money.
  {
    gold: '$4,500',
    right: [
      '$4,500',
      '4500',
      '4,500 dollars',
      '4500 USD',
      'USD 4,500',
      'US$4500',
      '$4.5k',
      '$4,500.00',
      'The budget is $4,500.',
      '$4,500 for 3 seats',
      '4500 dollars on March 4',
    ],
    wrong: [
      '€4,500',
      '4,500 euros',
      '$4,501',
      '$45',
      '$450',
      '$45,000',
      '$4,500 or $5,000',
      '$4,500, $5,000',
      '$5,000 not $4,500',
      'not $4,500',
      '$500',
      '4.5',
      '$4,500-5,000',
    ],
  },
  { gold: '4500', right: ['$4,500', '4,500'], wrong: ['$4,600'] },
  { gold: '€1.5 million', right: ['1,500,000 euros', 'EUR 1.5m', '€1.5M'], wrong: ['$1.5 million', '€1.5'] },
  // Dates.
  {
    gold: 'March 4, 2025',
    right: [
      '2025-03-04',
      '4 Mar 2025',
      'Mar 4, 2025',
      'March 4th, 2025',
      '4th of March 2025',
      'Tuesday, March 4, 2025',
      'Tue 4 March 2025',
      '3/4/2025',
      '03/04/25',
      '4.3.2025',
      '4-Mar-2025',
      'March 4',
      'on March 4, 2025.',
      'It is due on 4 March.',
      'MARCH 4 2025',
      'March 4, 2025 at 3 pm',
    ],
    wrong: [
      'March 5, 2025',
      'March 4, 2024',
      '2025-04-03',
      'April 4, 2025',
      'March 2025',
      '2025',
      'March',
      'Tuesday',
      'March 4 or March 5',
      'March 4, March 5',
      'not March 4',
      'between March 4 and March 6',
      '2025-03-04 2025-03-05',
      'March 14, 2025',
      '4',
    ],
  },
  { gold: '2025-03-04', right: ['March 4, 2025', '2025-03-04T15:00'], wrong: ['2025-03-05'] },
  { gold: 'March 4', right: ['2025-03-04', '4 March'], wrong: ['March 5'] },
  {
    gold: 'March 2025',
    right: ['March 2025', 'Mar 2025', 'in March, 2025'],
    wrong: ['March 2024', 'April 2025', 'March'],
  },
  { gold: 'Friday', right: ['Friday', 'on friday'], wrong: ['Monday', 'Friday or Monday', 'Friday, Monday'] },
  {
    gold: '2025-03-04',
    question: 'When was the meeting of 2025-03-01 moved to?',
    right: ['It was moved from 2025-03-01 to 2025-03-04'],
    wrong: ['2025-03-01'],
  },
  // Times.
  {
    gold: '3 pm',
    right: [
      '15:00',
      '3 pm',
      '3pm',
      '3:00 PM',
      '3 p.m.',
      '15:00:00',
      'at 3 pm',
      '3 pm EST',
      'The call is at 15:00.',
      '3:00',
    ],
    wrong: ['3 am', '15:30', '3', '5 pm', '03:00', '3 pm or 4 pm', 'not 3 pm', '13:00'],
  },
  { gold: '12:00', right: ['noon', '12 pm', '12:00 pm'], wrong: ['midnight', '12 am'] },
  { gold: '3 pm EST', right: ['15:00 EST', '3 pm'], wrong: ['3 pm PST'] },
  {
    gold: 'March 4 at 3 pm',
    right: ['2025-03-04 15:00', 'March 4, 3 pm'],
    wrong: ['March 4', '3 pm', 'March 4 at 4 pm', 'March 5 at 3 pm'],
  },
  {
    gold: 'from 3 pm to 5 pm',
    right: ['15:00-17:00', '3 pm to 5 pm'],
    wrong: ['5 pm to 3 pm', '3 pm', '3 pm to 6 pm'],
  },
  // Aliases and abstaining.
  {
    gold: 'New York City',
    aliases: ['NYC', 'New York'],
    right: ['NYC', 'New York', 'in New York City'],
    wrong: ['York', 'New'],
  },
  {
    gold: "I don't know",
    right: ["I don't know", 'I don’t know.', 'i do not know', 'I dont know!'],
    wrong: ['Falcon', '', 'I know', "I don't know, maybe Falcon"],
  },
  { gold: '42', right: ['42'], wrong: ["I don't know", "I don't know."] },
  // What counts as abstaining in an answer may be a gold answer like any other.
  { gold: 'Unknown', right: ['Unknown', 'unknown.'], wrong: ["I don't know", 'Not available', 'Falcon'] },
  { gold: 'Falcon', aliases: ['No results'], right: ['No results'], wrong: ['Not available'] },
  // First names and letters that the rest of the mail code knows.
  { gold: 'Smith, Charlotte', right: ['Charlotte Smith', 'C. Smith'], wrong: ['Charlotte, Smith Street'] },
  { gold: 'Þór Guðmundsson', right: ['Thor Gudmundsson'], wrong: ['Por Gudmundsson'] },
  // A plus sign behind a number.
  { gold: '10+', right: ['10+', '10 or more', 'at least 10', '10+ of them'], wrong: ['10', '11', 'over 10'] },
  { gold: '10', right: ['10'], wrong: ['10+', '10+ people', 'It is 10+.'] },
  { gold: '10 years', right: ['10 years'], wrong: ['10+ years', '10+ days'] },
  { gold: 'at least 10 years', right: ['10+ years', '10 years or more', '10+years'], wrong: ['10 years'] },
  { gold: '$5,000+', right: ['at least $5,000', '$5,000 or more'], wrong: ['$5,000', 'up to $5,000'] },
  { gold: '+1 713-555-0199', right: ['713-555-0199', '+1 713 555 0199'], wrong: ['+1 713-555-0198'] },
];

const question = (row: Row) => ({
  question: row.question ?? 'What is it?',
  answer: row.gold,
  aliases: row.aliases ?? [],
});
const ROWS = TABLE.flatMap((row) => [
  ...row.right.map((answer) => [row.gold, answer, true, row] as const),
  ...row.wrong.map((answer) => [row.gold, answer, false, row] as const),
]);

describe('scoreAnswer', () => {
  it.each(ROWS)('gold %j, answer %j: %s', (_gold, answer, verdict, row) => {
    expect(scoreAnswer(question(row), answer)).toBe(verdict);
  });

  it('refuses a long quotation that happens to hold the answer', () => {
    const mail =
      'Dear all, the numbers of last week are in and everybody seems happy with how the work goes on. ';
    const row = question({ gold: 'Falcon', right: [], wrong: [] });
    expect(scoreAnswer(row, `It is Falcon as agreed`)).toBe(true);
    expect(scoreAnswer(row, `${mail}It is Falcon as agreed. ${mail}`)).toBe(false);
  });
});

const WORDS = ['Falcon', 'Heron', 'Osprey', 'Kestrel', 'Merlin', 'Harrier', 'Condor', 'Vulture'];
const FIRST = ['Ann', 'Bob', 'Eve', 'Kai', 'Mia', 'Leo'];
const LAST = ['Lee', 'Ray', 'Stone', 'Okafor', 'Novak', 'Haas'];
const pad = (n: number): string => String(n).padStart(2, '0');

/** Two notations of one value, and what tells values apart. */
interface Sample {
  readonly key: string;
  readonly forms: readonly [string, string];
}

const kinds: Readonly<Record<string, fc.Arbitrary<Sample>>> = {
  date: fc
    .tuple(
      fc.integer({ min: 1998, max: 2030 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
    )
    .map(([year, month, day]) => {
      const name = new Date(Date.UTC(year, month - 1, day)).toLocaleString('en-US', {
        month: 'long',
        timeZone: 'UTC',
      });
      const iso = `${year}-${pad(month)}-${pad(day)}`;
      return { key: iso, forms: [iso, `${name} ${day}, ${year}`] };
    }),
  money: fc.integer({ min: 1, max: 9_999_999 }).map((amount) => ({
    key: String(amount),
    forms: [`$${amount.toLocaleString('en-US')}`, `${amount} dollars`],
  })),
  number: fc.integer({ min: 0, max: 9_999_999 }).map((amount) => ({
    key: String(amount),
    forms: [String(amount), amount.toLocaleString('en-US')],
  })),
  time: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => ({
    key: `${hour}:${minute}`,
    forms: [`${pad(hour)}:${pad(minute)}`, `${hour % 12 || 12}:${pad(minute)} ${hour < 12 ? 'am' : 'pm'}`],
  })),
  name: fc.tuple(fc.constantFrom(...FIRST), fc.constantFrom(...LAST)).map(([first, last]) => ({
    key: `${first} ${last}`,
    forms: [`${first} ${last}`, `${last}, ${first}`],
  })),
  code: fc
    .tuple(fc.stringMatching(/^[A-Z]{2,3}$/), fc.integer({ min: 100, max: 99_999 }))
    // Letters that abbreviate a currency or a unit would make it a quantity.
    .filter(([letters]) => !['USD', 'EUR', 'GBP'].includes(letters))
    .map(([letters, digits]) => ({
      key: `${letters}${digits}`,
      forms: [`${letters}-${digits}`, `${letters.toLowerCase()}${digits}`],
    })),
  word: fc.constantFrom(...WORDS).map((word) => ({ key: word, forms: [word, word.toLowerCase()] })),
};

describe.each(Object.entries(kinds))('any %s', (_kind, samples) => {
  const RUNS = { seed: 3, numRuns: 100 };
  const score = (gold: string, answer: string, aliases: string[] = []): boolean =>
    scoreAnswer({ question: 'What is it?', answer: gold, aliases }, answer);

  it('accepts the gold answer, its other notation, a sentence and an alias', () => {
    fc.assert(
      fc.property(samples, ({ forms: [a, b] }) => {
        expect(score(a, a)).toBe(true);
        expect(score(a, b)).toBe(true);
        expect(score(b, a)).toBe(true);
        expect(score(a, `It is ${b}.`)).toBe(true);
        expect(score('something else', b, [a])).toBe(true);
      }),
      RUNS,
    );
  });

  it('refuses another value, a denial and two candidates', () => {
    fc.assert(
      fc.property(samples, samples, (gold, other) => {
        fc.pre(gold.key !== other.key);
        for (const a of gold.forms) {
          for (const b of other.forms) {
            expect(score(a, b)).toBe(false);
            expect(score(a, `${a} or ${b}`)).toBe(false);
            if (a === gold.forms[0] && b === other.forms[0]) expect(score(a, `${a} ${b}`)).toBe(false);
            expect(score(a, `${b}, ${a}`)).toBe(false);
            expect(score(a, `${a} and ${b}`)).toBe(false);
          }
          expect(score(a, `not ${a}`)).toBe(false);
        }
      }),
      RUNS,
    );
  });
});

describe('a day said from another', () => {
  const asked = { question: 'When is the review?', answer: '2025-03-05', aliases: [] };

  it.each<[string, object, string, boolean]>([
    ['the day of the mail', { mailDate: '2025-03-04', queryDate: '2025-06-01' }, 'tomorrow', true],
    ['the day of the question where the mail has none', { queryDate: '2025-03-04' }, 'tomorrow', true],
    ['another day', { mailDate: '2025-03-14' }, 'tomorrow', false],
    ['another month', { mailDate: '2025-12-04' }, 'tomorrow', false],
    ['another year', { mailDate: '2024-03-04' }, 'tomorrow', false],
    ['no day at all', {}, 'tomorrow', false],
    ['no day at all, in full', {}, '5 March 2025', true],
  ])('%s', (_, days, answer, expected) => {
    expect(scoreAnswer({ ...asked, ...days }, answer)).toBe(expected);
  });
});

describe('an answer that takes back what it says', () => {
  it.each([
    ['$4,500', 'It is $4,500, not 4500 dollars'],
    ['approved', 'Approved, not approved'],
    ['Risk Team', 'Risk Team, not Risk Team'],
  ])('is none: gold %j, answer %j', (answer, given) => {
    const question = { question: 'What is it?', answer, aliases: [] };
    expect(scoreAnswer(question, given)).toBe(false);
    expect(scoreAnswer(question, answer)).toBe(true);
  });

  it.each([
    ['$4,500', 'It is $4,500, not $5,400'],
    ['approved', 'Approved, not rejected'],
  ])('but it may deny another: gold %j, answer %j', (answer, given) => {
    expect(scoreAnswer({ question: 'What is it?', answer, aliases: [] }, given)).toBe(true);
  });
});
