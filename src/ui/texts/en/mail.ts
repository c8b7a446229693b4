/** Texts of what only the mail environment shows. */
import { count, integer } from '../../../report/format';

export const mail = {
  legend: 'Mail to search',
  builtIn: 'Built-in mailbox (invented people)',
  otherDataset: (name: string) => `Dataset “${name}” (from the link)`,
  own: 'Use my own mail',
  drop: 'Drop mail files or folders here, or',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose a folder',
  formats:
    'A Takeout .zip, mbox, .eml, maildir, Outlook .pst or .msg, tables or JSONL, of any size, and a .jsonl file with “questions” in its name. All are read in this tab and never sent anywhere.',
  reading: 'Reading your mail…',
  readSoFar: (share: number, messages: number, rejected: number) =>
    `${Math.floor(share * 100)} %, ${count(messages, 'message')}${rejected > 0 ? `, ${integer(rejected)} not used` : ''}`,
  stopReading: 'Stop',
  owner: (addresses: string, sure: boolean) =>
    `${sure ? 'The mailbox of' : 'Perhaps the mailbox of'} ${addresses}`,
  shortened: (messages: number) => `${count(messages, 'message')} shortened`,
  earlierImport: 'Until you choose files, those imported earlier in this browser are used.',
  imported: (messages: number, questions: number) =>
    `${count(messages, 'message')} and ${count(questions, 'question')}`,
  fromFiles: (files: number) => `from ${count(files, 'file')}.`,
  noQuestions: 'There are no questions yet: add a .jsonl file with lines of question, answer and e-mail ids.',
  needsQuestions: 'Your mail has no questions yet: add a questions file, or choose the built-in mailbox.',
  notUsed: (items: number) => `${count(items, 'file or message', 'files or messages')} not used`,
  andMore: (n: number) => `and ${integer(n)} more`,
  menu: (mails: number, inboxes: number) =>
    `${count(mails, 'mail')} in ${count(inboxes, 'inbox', 'inboxes')}`,
  inbox: 'Inbox to search',
  today: 'Today is',
  chooseInbox: 'Choose an inbox.',
  chooseDay: 'Choose what day it is.',
  inMailOf: (inbox: string) => `In the mail of ${inbox}`,
  searches: (of: {
    readonly keywords: readonly string[];
    readonly from: string | null;
    readonly to: string | null;
    readonly after: string | null;
    readonly before: string | null;
  }) =>
    [
      `searches for ${of.keywords.map((word) => `“${word}”`).join(' and ') || 'nothing'}`,
      ...(of.from === null ? [] : [`from ${of.from}`]),
      ...(of.to === null ? [] : [`to ${of.to}`]),
      ...(of.after === null ? [] : [`after ${of.after}`]),
      ...(of.before === null ? [] : [`before ${of.before}`]),
    ].join(' '),
  reads: (id: string | null) => `reads mail ${id ?? '(none named)'}`,
  answers: 'answers',
  leftOut: 'Left out for length: the context is nearly full.',
  nothingFound: 'Nothing found.',
  furtherHits: 'further hits left out for length',
  noSource: 'It named no mail as its source.',
  source: 'Source',
  sourceMissing: ', a mail that does not exist.',
  subject: (subject: string) => `“${subject}”`,
  holdsAnswer: 'holds the answer',
};
