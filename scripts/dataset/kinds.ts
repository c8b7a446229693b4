/**
 * What the mails are about: twelve kinds with three facts each, a weekly report for the filter questions, and small
 * talk. Templates use `{e}` for the entity, `{f}` for a person's first name and `{0}` `{1}` `{2}` for the
 * facts. Bodies never name the entity, so that the snippet of a hit is its subject and the value must be read;
 * and the word that tells what a value is stands before it, as a causal model reads: on a day, at
 * a time, in a town, in room, by a person, number (a code), total of (a count); money has its sign.
 */
import type { ValueType } from './values';

export type EntityKind = 'person' | 'project' | 'company';

export interface Fact {
  readonly type: ValueType;
  readonly questions: readonly string[];
}

export interface MailKind {
  /** The word that subjects and questions share, and a good second keyword. */
  readonly name: string;
  readonly entity: EntityKind;
  readonly subjects: readonly string[];
  readonly bodies: readonly string[];
  readonly facts: readonly [Fact, Fact, Fact];
}

const fact = (type: ValueType, ...questions: string[]): Fact => ({ type, questions });

export const KINDS: readonly MailKind[] = [
  {
    name: 'flight',
    entity: 'person',
    subjects: ['Flight of {e}', '{e} flight', '{e} flight booking'],
    bodies: [
      '{f} leaves on {2} with flight number {0} and lands in {1}.',
      'Flight number {0} is booked. {f} lands in {1} on {2}.',
      'The flight lands in {1}, departure on {2}, flight number {0}.',
    ],
    facts: [
      fact('code', 'What is the flight number of {e}?', 'Which number has the flight of {e}?', 'Flight number of {e}?'),
      fact('town', 'In which town does the flight of {e} land?', 'Where does the flight of {e} land?', 'To which town goes the flight of {e}?'),
      fact('date', 'When is the flight of {e}?', 'On which day is the flight of {e}?', 'On which date does {e} take the flight?'),
    ],
  },
  {
    name: 'interview',
    entity: 'person',
    subjects: ['Interview with {e}', '{e} interview', '{e} job interview'],
    bodies: [
      'The interview is on {0} in room {1} and is led by {2}.',
      'We meet {f} in room {1} on {0}. The questions are asked by {2}.',
      'The talk with {f} is led by {2}, on {0}, room {1}.',
    ],
    facts: [
      fact('date', 'When is the interview of {e}?', 'On which day is the interview with {e}?', 'What is the date of the interview with {e}?'),
      fact('room', 'In which room is the interview of {e}?', 'Which room has the interview with {e}?', 'What is the room of the interview with {e}?'),
      fact('person', 'Who leads the interview of {e}?', 'By whom is the interview with {e} led?', 'Who asks the questions in the interview with {e}?'),
    ],
  },
  {
    name: 'desk',
    entity: 'person',
    subjects: ['Desk for {e}', '{e} desk', '{e} desk and laptop'],
    bodies: [
      'The desk is in room {0}. The laptop has number {1} and comes on {2}.',
      '{f} gets laptop number {1} and a place in room {0} on {2}.',
      'All is ready on {2}: room {0}, laptop number {1}.',
    ],
    facts: [
      fact('room', 'In which room is the desk of {e}?', 'Which room has the desk of {e}?', 'What is the room of the desk for {e}?'),
      fact('code', 'What is the laptop number at the desk of {e}?', 'Which laptop number is at the desk of {e}?', 'Laptop number for the desk of {e}?'),
      fact('date', 'When is the desk of {e} ready?', 'On which day does {e} get the desk?', 'On which date is the desk for {e} ready?'),
    ],
  },
  {
    name: 'course',
    entity: 'person',
    subjects: ['Course for {e}', '{e} course', '{e} course booking'],
    bodies: [
      '{f} learns in {0} on {1}. The cost is {2}.',
      'It costs {2} and is held in {0} on {1}.',
      'The start is on {1} in {0}, the cost is {2}.',
    ],
    facts: [
      fact('town', 'In which town is the course of {e}?', 'Where is the course of {e}?', 'Which town has the course for {e}?'),
      fact('date', 'When is the course of {e}?', 'On which day is the course of {e}?', 'What is the date of the course for {e}?'),
      fact('amount', 'How much is the course of {e}?', 'What does the course of {e} cost?', 'How much does the course for {e} cost?'),
    ],
  },
  {
    name: 'kickoff',
    entity: 'project',
    subjects: ['{e} kickoff', 'Kickoff of {e}', '{e} kickoff meeting'],
    bodies: [
      'We start on {0} in room {1}. The project is led by {2}.',
      'The team, led by {2}, meets on {0} in room {1}.',
      'All meet in room {1} on {0}. The start is led by {2}.',
    ],
    facts: [
      fact('date', 'When is the kickoff of {e}?', 'On which day is the {e} kickoff?', 'What is the date of the {e} kickoff?'),
      fact('room', 'In which room is the kickoff of {e}?', 'Which room has the {e} kickoff?', 'What is the room of the {e} kickoff?'),
      fact('person', 'Who leads the kickoff of {e}?', 'By whom is the {e} kickoff led?', 'Who is the leader of the {e} kickoff?'),
    ],
  },
  {
    name: 'budget',
    entity: 'project',
    subjects: ['{e} budget', 'Budget of {e}', '{e} budget approved'],
    bodies: [
      'We have {0}, approved by {1}. Use account number {2}.',
      'Account number {2} now holds {0}, approved by {1}.',
      'The money was approved by {1}: {0} on account number {2}.',
    ],
    facts: [
      fact('amount', 'How much is the budget of {e}?', 'How large is the {e} budget?', 'How much money is in the budget of {e}?'),
      fact('person', 'Who approved the budget of {e}?', 'By whom was the {e} budget approved?', 'Who said yes to the budget of {e}?'),
      fact('code', 'What is the account number of the {e} budget?', 'Which account number has the budget of {e}?', 'Account number for the {e} budget?'),
    ],
  },
  {
    name: 'release',
    entity: 'project',
    subjects: ['{e} release', 'Release of {e}', '{e} release plan'],
    bodies: [
      'Build number {0} goes out on {1}. It was tested by {2}.',
      'Tested by {2}, build number {0} is ready on {1}.',
      'It goes out on {1} with build number {0}, tested by {2}.',
    ],
    facts: [
      fact('code', 'What is the build number of the {e} release?', 'Which build number has the release of {e}?', 'Build number of the {e} release?'),
      fact('date', 'When is the release of {e}?', 'On which day is the {e} release?', 'What is the date of the {e} release?'),
      fact('person', 'Who tested the release of {e}?', 'By whom was the {e} release tested?', 'Who is the tester of the {e} release?'),
    ],
  },
  {
    name: 'workshop',
    entity: 'project',
    subjects: ['{e} workshop', 'Workshop about {e}', '{e} workshop invitation'],
    bodies: [
      'We meet in {0} at {1} with a total of {2} guests.',
      'It begins at {1} in {0}. There is a total of {2} seats.',
      'A total of {2} people come at {1}. We meet in {0}.',
    ],
    facts: [
      fact('town', 'In which town is the workshop about {e}?', 'Where is the {e} workshop?', 'Which town has the {e} workshop?'),
      fact('time', 'At what time is the {e} workshop?', 'At which hour is the workshop about {e}?', 'What is the time of the {e} workshop?'),
      fact('count', 'How many people come to the {e} workshop?', 'How many seats has the workshop about {e}?', 'What is the total of guests at the {e} workshop?'),
    ],
  },
  {
    name: 'invoice',
    entity: 'company',
    subjects: ['{e} invoice', 'Invoice from {e}', '{e} invoice to pay'],
    bodies: [
      'Please pay {1} on {2}. The number is number {0}.',
      'They want {1} for number {0}, due on {2}.',
      'It is due on {2}: {1}, with number {0}.',
    ],
    facts: [
      fact('code', 'What is the number of the invoice from {e}?', 'Which number has the {e} invoice?', 'Number of the {e} invoice?'),
      fact('amount', 'How much is the invoice from {e}?', 'How large is the {e} invoice?', 'How much money is the {e} invoice?'),
      fact('date', 'When is the invoice from {e} due?', 'On which day is the {e} invoice due?', 'What is the date of the {e} invoice?'),
    ],
  },
  {
    name: 'order',
    entity: 'company',
    subjects: ['{e} order', 'Order at {e}', '{e} order confirmed'],
    bodies: [
      'A total of {0} pieces arrives in {1} on {2}.',
      'It comes on {2} in {1} with a total of {0} boxes.',
      'We get it in {1}, a total of {0} pieces, on {2}.',
    ],
    facts: [
      fact('count', 'How many pieces are in the {e} order?', 'How many pieces has the order at {e}?', 'What is the total of the {e} order?'),
      fact('town', 'In which town does the {e} order arrive?', 'Where does the order from {e} arrive?', 'Which town gets the {e} order?'),
      fact('date', 'When does the order from {e} arrive?', 'On which day does the {e} order arrive?', 'What is the date of the {e} order?'),
    ],
  },
  {
    name: 'contract',
    entity: 'company',
    subjects: ['{e} contract', 'Contract with {e}', '{e} contract signed'],
    bodies: [
      'Signed by {1}, worth {0}, it ends on {2}.',
      'It is worth {0} and was signed by {1}. The end is on {2}.',
      'It ends on {2}. It was signed by {1} and is worth {0}.',
    ],
    facts: [
      fact('amount', 'How much is the {e} contract worth?', 'How large is the contract with {e}?', 'How much money is the contract with {e}?'),
      fact('person', 'Who signed the contract with {e}?', 'By whom was the {e} contract signed?', 'Who is the signer of the {e} contract?'),
      fact('date', 'When does the contract with {e} end?', 'On which day does the {e} contract end?', 'What is the date of the end of the {e} contract?'),
    ],
  },
  {
    name: 'visit',
    entity: 'company',
    subjects: ['Visit from {e}', '{e} visit', '{e} visit next week'],
    bodies: [
      'A total of {0} guests comes at {1}. We use room {2}.',
      'We meet at {1} in room {2} with a total of {0} people.',
      'Please be in room {2} at {1}, with a total of {0} people.',
    ],
    facts: [
      fact('count', 'How many guests come with the {e} visit?', 'How many people come for the visit of {e}?', 'What is the total of guests at the {e} visit?'),
      fact('time', 'At what time is the visit of {e}?', 'At which hour is the {e} visit?', 'What is the time of the {e} visit?'),
      fact('room', 'In which room is the visit of {e}?', 'Which room has the {e} visit?', 'What is the room of the {e} visit?'),
    ],
  },
]; // prettier-ignore

/** The weekly report: many mails with one subject, told apart by sender or date only. */
export const REPORT = {
  name: 'report',
  subjects: ['{e} weekly report', 'Weekly report on {e}'],
  bodies: [
    'We have a total of {0} open tickets. Calls are taken by {1}. We meet on {2}.',
    'The next review is on {2}. Calls are taken by {1}. A total of {0} tickets is open.',
  ],
  facts: [
    {
      type: 'count',
      bySender: ['How many tickets are open in the {e} report from {a}?', 'What is the total of tickets in the {e} report from {a}?'],
      before: ['How many tickets were open in the last {e} report before {d}?', 'What was the total of tickets in the {e} report before {d}?'],
    },
    {
      type: 'person',
      bySender: ['Who takes calls in the {e} report from {a}?', 'By whom are calls taken in the {e} report from {a}?'],
      before: ['Who took calls in the last {e} report before {d}?', 'By whom were calls taken in the {e} report before {d}?'],
    },
    {
      type: 'date',
      bySender: ['When is the review in the {e} report from {a}?', 'On which day is the review in the {e} report from {a}?'],
      before: ['When is the review in the last {e} report before {d}?', 'On which day is the review in the {e} report before {d}?'],
    },
  ],
} as const; // prettier-ignore

/** Mails about an entity that answer nothing. */
export const CHATTER: readonly { readonly subject: string; readonly body: string }[] = [
  { subject: '{e} photos', body: 'I put the photos on the shared drive. Enjoy.' },
  { subject: 'Question about {e}', body: 'Can you call me about this when you have a minute?' },
  { subject: '{e} news', body: 'Good news: all went well so far. More soon.' },
  { subject: 'Lunch and {e}', body: 'Shall we talk about this over lunch this week?' },
  { subject: '{e} feedback', body: 'Thanks for your notes. I agree with all of them.' },
  { subject: 'Notes on {e}', body: 'My notes are in the shared folder, please read them.' },
];

/** First lines of replies; the original may be quoted below. */
export const REPLIES: readonly string[] = [
  'Thanks, that works for me.',
  'Got it, thank you.',
  'Fine with me, see you then.',
  'Understood. I will tell the others.',
];

export const FORWARDS: readonly string[] = ['For your information.', 'Please see below.', 'This is for you.'];

/** A later mail with all facts, of which one has changed. `{s}` is the subject of the mail that it replaces. */
export const CORRECTION = {
  subjects: ['Update: {s}', 'Changed: {s}'],
  openings: ['Please note the change.', 'This replaces my last mail.', 'There was a mistake in my mail.'],
} as const;
