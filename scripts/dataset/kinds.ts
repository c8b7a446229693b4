/**
 * What the mails are about: twelve kinds with three facts each, a weekly report for the filter questions, and small
 * talk. Templates use `{e}` for the entity, `{f}` for a person's first name and `{0}` `{1}` `{2}` for the
 * facts. Bodies never name the entity, so that the snippet of a hit is its subject and the value must be read;
 * and the words that tell what a value is stand before it, as a causal model reads.
 */
import type { ValueType } from './values';

export type EntityKind = 'person' | 'project' | 'company';

export interface Fact {
  /** Noun used in corrections ("new room"). Distinct inside a kind. */
  readonly label: string;
  readonly type: ValueType;
  readonly questions: readonly string[];
}

export interface MailKind {
  readonly name: string;
  readonly entity: EntityKind;
  readonly subjects: readonly string[];
  readonly bodies: readonly string[];
  readonly facts: readonly [Fact, Fact, Fact];
}

const fact = (label: string, type: ValueType, ...questions: string[]): Fact => ({ label, type, questions });

export const KINDS: readonly MailKind[] = [
  {
    name: 'flight',
    entity: 'person',
    subjects: ['Flight of {e}', '{e} flight booking', '{e} travel plan'],
    bodies: [
      '{f} takes flight {0} to {1} and leaves on {2}.',
      'Booked: flight {0}, destination {1}, departure on {2}. {f} has the ticket.',
      'The trip to {1} starts on {2}. The flight number is {0}.',
    ],
    facts: [
      fact('flight number', 'code', 'Which flight does {e} take?', 'What is the flight number of {e}?', 'Flight number for the trip of {e}?'),
      fact('destination', 'town', 'Where does {e} fly to?', 'What is the destination of the trip of {e}?', 'To which town does {e} travel?'),
      fact('departure', 'date', 'When does {e} leave?', 'On which day does the flight of {e} depart?', 'What is the departure date of {e}?'),
    ],
  },
  {
    name: 'interview',
    entity: 'person',
    subjects: ['Interview with {e}', '{e} job interview', '{e} interview plan'],
    bodies: [
      'We meet {f} for the interview on {0} in room {1}. The interviewer is {2}.',
      'Interview on {0}, room {1}, interviewer {2}.',
      'The interviewer of {f} is {2}. We booked room {1} on {0}.',
    ],
    facts: [
      fact('day', 'date', 'When is the interview of {e}?', 'On which day do we interview {e}?', 'What is the date of the job interview with {e}?'),
      fact('room', 'room', 'In which room is the interview of {e}?', 'Where do we interview {e}?', 'Which room is booked for the interview with {e}?'),
      fact('interviewer', 'person', 'Who interviews {e}?', 'Who is the interviewer of {e}?', 'Who asks the questions in the interview with {e}?'),
    ],
  },
  {
    name: 'desk',
    entity: 'person',
    subjects: ['Desk for {e}', '{e} workplace', '{e} desk and laptop'],
    bodies: [
      'The desk is in room {0}. Laptop {1} and phone {2} are ready for {f}.',
      '{f} gets laptop {1}, phone {2} and a desk in room {0}.',
      'The workplace: phone {2}, laptop {1}, desk in room {0}.',
    ],
    facts: [
      fact('desk', 'room', 'In which room is the desk of {e}?', 'Where does {e} sit?', 'Which room has the desk of {e}?'),
      fact('laptop', 'code', 'Which laptop does {e} get?', 'What is the laptop tag of {e}?', 'What is the laptop number of {e}?'),
      fact('phone', 'count', 'What is the phone number of {e}?', 'Which phone does {e} have?', 'What is the phone extension of {e}?'),
    ],
  },
  {
    name: 'course',
    entity: 'person',
    subjects: ['Course for {e}', '{e} training course', '{e} course booking'],
    bodies: [
      '{f} joins the course in {0} on {1}. The fee is {2}.',
      'The training costs {2}. It is held in {0} and starts on {1}.',
      'Course for {f}: start {1}, town {0}, fee {2}.',
    ],
    facts: [
      fact('town', 'town', 'In which town is the course of {e}?', 'Where is the training of {e}?', 'Where does {e} take the course?'),
      fact('start', 'date', 'When does the course of {e} start?', 'On which day is the training of {e}?', 'What is the start date of the course for {e}?'),
      fact('fee', 'amount', 'What is the fee for the course of {e}?', 'How much does the training of {e} cost?', 'What does the course of {e} cost?'),
    ],
  },
  {
    name: 'kickoff',
    entity: 'project',
    subjects: ['{e} kickoff', 'Kickoff of {e}', '{e} kickoff meeting'],
    bodies: [
      'The kickoff is on {0} in room {1}. The leader is {2}.',
      'The project is led by {2}. We start with a kickoff in room {1} on {0}.',
      'The first meeting is on {0}, room {1}, leader {2}.',
    ],
    facts: [
      fact('date', 'date', 'When is the kickoff of {e}?', 'On which day is the {e} kickoff?', 'What is the date of the {e} kickoff?'),
      fact('room', 'room', 'In which room is the kickoff of {e}?', 'Where is the {e} kickoff?', 'Which room is used for the {e} kickoff?'),
      fact('leader', 'person', 'Who leads {e} after the kickoff?', 'Who is the leader of {e}?', 'Who leads project {e}?'),
    ],
  },
  {
    name: 'budget',
    entity: 'project',
    subjects: ['{e} budget', 'Budget of {e}', '{e} budget approved'],
    bodies: [
      'The project has a budget of {0}, approved by {1}. Book it on account {2}.',
      'The budget is {0}. Account {2}, approved by {1}.',
      'Please use account {2}. The budget is {0}. It was approved by {1}.',
    ],
    facts: [
      fact('amount', 'amount', 'What is the budget of {e}?', 'How much money does {e} have?', 'How large is the budget for {e}?'),
      fact('approver', 'person', 'Who approved the budget of {e}?', 'Who approved the money for {e}?', 'By whom was the {e} budget approved?'),
      fact('account', 'code', 'Which account is used for the budget of {e}?', 'What is the account of {e}?', 'On which account do we book {e}?'),
    ],
  },
  {
    name: 'release',
    entity: 'project',
    subjects: ['{e} release', 'Release of {e}', '{e} release plan'],
    bodies: [
      'The release is build {0}. It goes out on {1}, tested by {2}.',
      'We release build {0} on {1}. The tester was {2}.',
      'The plan: tester {2}, build {0}, out on {1}.',
    ],
    facts: [
      fact('build', 'code', 'Which build of {e} is released?', 'What is the build number of the {e} release?', 'What build is the release of {e}?'),
      fact('date', 'date', 'When is the release of {e}?', 'On which day does {e} go out?', 'What is the release date of {e}?'),
      fact('tester', 'person', 'Who tested the release of {e}?', 'Who is the tester of {e}?', 'Who tested {e}?'),
    ],
  },
  {
    name: 'workshop',
    entity: 'project',
    subjects: ['{e} workshop', 'Workshop about {e}', '{e} workshop invitation'],
    bodies: [
      'The workshop is in {0}. It begins at {1}. The number of seats is {2}.',
      'Here are the facts: seats {2}, town {0}, begin {1}.',
      'We begin at {1} in {0}. There are seats for {2}.',
    ],
    facts: [
      fact('place', 'town', 'In which town is the workshop about {e}?', 'Where is the {e} workshop?', 'What is the place of the {e} workshop?'),
      fact('begin', 'time', 'At what time does the {e} workshop begin?', 'When does the workshop about {e} begin?', 'What time is the {e} workshop?'),
      fact('seats', 'count', 'How many seats does the {e} workshop have?', 'How many seats are there at the workshop about {e}?', 'What is the number of seats at the {e} workshop?'),
    ],
  },
  {
    name: 'invoice',
    entity: 'company',
    subjects: ['{e} invoice', 'Invoice from {e}', '{e} invoice to pay'],
    bodies: [
      'They sent invoice {0} over {1}. It is due on {2}.',
      'Please pay {1} to them. Invoice {0} is due on {2}.',
      'Invoice {0}: due {2}, total {1}.',
    ],
    facts: [
      fact('number', 'code', 'What is the number of the invoice from {e}?', 'Which invoice did {e} send?', 'What is the {e} invoice number?'),
      fact('total', 'amount', 'How much is the invoice from {e}?', 'What is the total of the {e} invoice?', 'How much do we pay to {e} for the invoice?'),
      fact('due date', 'date', 'When is the invoice from {e} due?', 'What is the due date of the {e} invoice?', 'Until when must we pay the invoice of {e}?'),
    ],
  },
  {
    name: 'order',
    entity: 'company',
    subjects: ['{e} order', 'Order at {e}', '{e} order confirmed'],
    bodies: [
      'We ordered {0} pieces. They arrive in {1} on {2}.',
      'They confirmed: pieces {0}, delivery to {1} on {2}.',
      'The order of {0} pieces is delivered on {2} to {1}.',
    ],
    facts: [
      fact('pieces', 'count', 'How many pieces did we order at {e}?', 'What is the size of the order at {e}?', 'How many pieces does {e} deliver?'),
      fact('address', 'town', 'Where does the order from {e} arrive?', 'To which town does {e} deliver?', 'In which town does the {e} order arrive?'),
      fact('delivery', 'date', 'When does the order from {e} arrive?', 'What is the delivery date of the {e} order?', 'On which day does {e} deliver the order?'),
    ],
  },
  {
    name: 'contract',
    entity: 'company',
    subjects: ['{e} contract', 'Contract with {e}', '{e} contract signed'],
    bodies: [
      'The contract was signed by {1}. It is worth {0} and ends on {2}.',
      'The contract ends on {2}. Value {0}, signed by {1}.',
      'The contract: signed by {1}, value {0}, end on {2}.',
    ],
    facts: [
      fact('value', 'amount', 'What is the value of the contract with {e}?', 'How much is the {e} contract worth?', 'How large is the contract with {e}?'),
      fact('signer', 'person', 'Who signed the contract with {e}?', 'By whom was the {e} contract signed?', 'Who is the signer of the {e} contract?'),
      fact('end', 'date', 'When does the contract with {e} end?', 'What is the end date of the {e} contract?', 'Until when does the {e} contract run?'),
    ],
  },
  {
    name: 'visit',
    entity: 'company',
    subjects: ['Visit from {e}', '{e} visit', '{e} visit next week'],
    bodies: [
      'A group of {0} guests visits us at {1}. We use room {2}.',
      'The visit begins at {1} in room {2} with {0} guests.',
      'The visit: room {2}, guests {0}, begin {1}.',
    ],
    facts: [
      fact('guests', 'count', 'How many guests come with the visit of {e}?', 'How many guests does {e} send for the visit?', 'What is the number of guests from {e}?'),
      fact('time', 'time', 'At what time is the visit of {e}?', 'When do the guests from {e} come?', 'What time does the {e} visit begin?'),
      fact('room', 'room', 'In which room is the visit of {e}?', 'Which room do we use for the guests from {e}?', 'Where is the {e} visit?'),
    ],
  },
]; // prettier-ignore

/** The weekly report: many mails with one subject, told apart by sender or date only. */
export const REPORT = {
  subjects: ['{e} weekly report', 'Weekly report on {e}'],
  bodies: [
    'This week there are {0} open tickets. On call is {1}, next review on {2}.',
    'The report: on call {1}, open tickets {0}, review on {2}.',
  ],
  facts: [
    {
      type: 'count',
      bySender: ['How many open tickets of {e} did {a} report?', 'How many tickets did {a} report for {e}?'],
      before: ['How many open tickets did {e} have in the last report before {d}?', 'How many tickets did {e} have before {d}?'],
    },
    {
      type: 'person',
      bySender: ['Who is on call for {e} in the report from {a}?', 'Whom did {a} report as on call for {e}?'],
      before: ['Who was on call for {e} in the last report before {d}?', 'Who was on call for {e} before {d}?'],
    },
    {
      type: 'date',
      bySender: ['When is the next review of {e} in the report from {a}?', 'Which review date of {e} did {a} report?'],
      before: ['What was the review date of {e} in the last report before {d}?', 'Which review date did {e} have before {d}?'],
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

/** `{l}` is the label of the corrected fact, `{s}` the subject of the mail corrected, `{v}` the new value. */
export const CORRECTION = {
  subjects: ['New {l}: {s}', 'Changed {l}: {s}'],
  bodies: [
    'There is a new {l}. It is now {v}.',
    'Please note a change: the {l} is now {v}.',
    'The {l} has changed. It is {v} now.',
  ],
} as const;
