/** Invented mail of one person, for tests of a mailbox of one's own: raw messages, and the archive that Takeout makes of them. */
import { zipSync } from 'fflate';

const OWNER = 'nora.finch@home.example';
/** A second address of the same person, which only her name gives away. */
const WORK = 'nfinch@work.example';

interface Letter {
  readonly id: string;
  readonly day: number;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly labels: string;
  readonly answers?: string;
}

const NORA = `Nora Finch <${OWNER}>`;

const REPLIES = [
  'I have the spare one with me already, so there is no hurry at all.',
  'We should go on with it, since nobody else prints that well.',
  'The gate will be open all day, just come in from the street side.',
  'I may be a little late, as the bus does not run on that evening.',
  'I shall be there, and my daughter comes along to have hers seen too.',
  'That is more than I had hoped for, but the tiles are very pretty.',
  'We travel light, so two seats beside each other will be enough for us.',
  'My old card fell into the river, I am sorry to have to tell you.',
  'Two friends of mine will help me with the cakes and the lemonade.',
  'The cat sleeps on it, so she will have to be carried out before.',
];

/** Ten conversations. */
const LETTERS: readonly Letter[] = [
  [
    'Boat shed key',
    'ann.lee@lake.example',
    'Ann Lee',
    'The key code: 4471 opens the boat shed. Please lock it again after you have been there.',
  ],
  [
    'Printer lease contract',
    'carl.orff@prints.example',
    'Carl Orff',
    'The printer lease costs $1,250 for the whole year. Let me know whether we should go on with it.',
  ],
  [
    'Garden fence repair',
    'dina.moss@fence.example',
    'Dina Moss',
    'We will come to repair the garden fence on 14 May 2024. The work takes 3 hours, and nobody has to be at home.',
  ],
  [
    'Choir rehearsal',
    'eve.park@choir.example',
    'Eve Park',
    'The choir rehearsal begins at 7:30 pm in the old school. Bring the green music book, please.',
  ],
  [
    'Dentist appointment reminder',
    'desk@teeth.example',
    'Teeth Desk',
    'Your appointment is on 21 June 2024. Call us at 555-0142 if you cannot come to see us.',
  ],
  [
    'Kitchen floor estimate',
    'finn.hale@floors.example',
    'Finn Hale',
    'The estimate for the kitchen floor is $3,480, tiles and work included. It holds for a month from today.',
  ],
  [
    'Train tickets to Porto',
    'gus.reed@travel.example',
    'Gus Reed',
    'The booking number: KX7719 is yours for the train to Porto. Have it with you when you are on board.',
  ],
  [
    'Library card renewal',
    'hal.voss@books.example',
    'Hal Voss',
    'The renewal of the library card costs $12 and can be paid at the desk. Bring the old card with you.',
  ],
  [
    'Summer market stall',
    'ida.wren@market.example',
    'Ida Wren',
    'Your stall at the summer market has the number 27. It opens at 8 am, and helpers are welcome.',
  ],
  [
    'Piano tuning',
    'joe.birk@piano.example',
    'Joe Birk',
    'The tuner will be with you on 3 July 2024. It costs $95 when the piano has been tuned before.',
  ],
].flatMap(([subject = '', address = '', name = '', body = ''], i): Letter[] => [
  {
    id: `in-${i}`,
    day: 1 + i,
    from: `${name} <${address}>`,
    to: NORA,
    ...{ subject, body, labels: 'Inbox' },
  },
  {
    id: `out-${i}`,
    day: 2 + i,
    from: i % 3 === 0 ? `Nora Finch <${WORK}>` : NORA,
    to: `${name} <${address}>`,
    subject: `Re: ${subject}`,
    // Mails of one text count as one conversation.
    body: REPLIES[i] ?? '',
    labels: 'Sent',
    answers: `in-${i}`,
  },
]);

/** A raw message as Gmail keeps it. */
function raw({ id, day, from, to, subject, body, labels, answers }: Letter): string {
  const head = [
    `X-Gmail-Labels: ${labels}`,
    ...(labels === 'Inbox' ? [`Delivered-To: ${OWNER}`] : []),
    `Message-ID: <${id}@home.example>`,
    `Date: ${new Date(Date.UTC(2024, 3, day, 9, 30)).toUTCString().replace('GMT', '+0000')}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    ...(answers === undefined ? [] : [`In-Reply-To: <${answers}@home.example>`]),
  ];
  return `${head.join('\n')}\n\n${body}\n`;
}

export const OWN_MAIL = {
  owner: OWNER,
  work: WORK,
  count: LETTERS.length,
  /** One file a message, by path. */
  files: LETTERS.map((letter) => ({ path: `${letter.id}.eml`, text: raw(letter) })),
  /** A mail that is not among the others. */
  one: raw({
    id: 'new-1',
    day: 28,
    from: 'Kim Dahl <kim.dahl@bikes.example>',
    to: NORA,
    subject: 'Bicycle lamp',
    body: 'The new lamp for the bicycle costs $44 and can be fetched at the shop from Tuesday on.',
    labels: 'Inbox',
  }),
};

/** Takeout/Mail/All mail Including Spam and Trash.mbox in a zip, with a file beside it that is no mail. */
export function takeoutZip(): Uint8Array {
  const mbox = LETTERS.map(
    (letter, i) => `From ${1000 + i}@xxx Mon Apr 01 09:30:00 +0000 2024\n${raw(letter)}\n`,
  );
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  return zipSync({
    'Takeout/Mail/All mail Including Spam and Trash.mbox': text(mbox.join('')),
    'Takeout/archive_browser.html': text('<html><body>An index of the archive.</body></html>'),
  });
}
