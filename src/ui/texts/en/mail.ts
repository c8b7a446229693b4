/** Texts of what only the mail environment shows. */
import { count, integer } from '../../../report/format';

/** Why files and messages were left out, by the code of the reason. */
const REASONS: Readonly<Record<string, string>> = {
  'corpus/duplicate': 'Copies of a message among these files',
  'corpus/no-messages': 'Files without a message',
  'corpus/no-mail-file': 'Files that are no mail',
  'corpus/file-binary': 'Files that are neither mail nor text',
  'corpus/file-empty': 'Empty files',
  'corpus/message-deleted': 'Deleted messages that their program still kept',
  'corpus/message-empty': 'Messages with nothing in them',
  'corpus/message-unreadable': 'Messages that could not be read',
  other: 'Left out for another reason',
};

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
  noImport: 'What you drop is kept in this browser until you delete it.',
  newFiles: 'New files',
  how: { add: 'are added', replace: 'take the place of what is here' },
  storedNow: (mails: number) => `${count(mails, 'mail')} stored.`,
  lookAtIt: 'Whose it is, search, questions',
  imported: (messages: number, questions: number) =>
    `${count(messages, 'message')} and ${count(questions, 'question')}`,
  already: (mails: number) =>
    `${count(mails, 'message was', 'messages were')} here already and ${mails === 1 ? 'is' : 'are'} not counted.`,
  nothingTaken: 'Nothing of it can be used, and nothing was changed.',
  fromFiles: (files: number) => `from ${count(files, 'file')}.`,
  nothingStored: 'No mail is stored yet: drop yours above, or choose the built-in mailbox.',
  needsQuestions: 'Your mail has no questions yet: make some under “My mail”, or drop a file of them.',
  needsSplits: 'Training, validation and test each need a question: see “My mail”.',
  builtInModel:
    'The built-in model has only learnt short invented mail and cannot read yours. Choose a real one under “Model”: the GGUF file of a small instruction model, such as SmolLM2-135M-Instruct, or a folder from Hugging Face.',
  builtInAsked:
    'The built-in model cannot read real mail and will hardly find anything. Choose a real model in the set-up under “Model”, such as the GGUF file of SmolLM2-135M-Instruct.',
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
  foundNothing: 'It found nothing in this mail that answers the question.',
  wordsMissing: 'No word of the answer stands in this mail: do not trust it.',
  noSource: 'It named no mail as its source.',
  source: 'Source',
  sourceMissing: ', a mail that does not exist.',
  subject: (subject: string) => `“${subject}”`,
  holdsAnswer: 'holds the answer',
  lead: 'Mail of your own stays in this browser: nothing of it is sent anywhere. Here you see whose it is, search it, and make the questions that a model is trained with.',
  looking: 'Looking for stored mail…',
  nothingYet: 'No mail is stored in this browser.',
  useOwn: 'Use my own mail',
  noSubject: '(no subject)',
  mailOf: (subject: string) => `Mail “${subject}”`,
  head: { from: 'From', to: 'To', date: 'Date' },
  reason: (code: string) => REASONS[code] ?? REASONS['other'] ?? '',
  stored: {
    title: 'Stored mail',
    facts: (mails: number, size: string, days: readonly [string, string] | null) =>
      `${count(mails, 'mail')}, ${size}${days === null ? '' : `, ${days[0]} to ${days[1]}`}.`,
    questions: (n: number) => (n === 0 ? 'No questions yet.' : `${count(n, 'question')} with all wordings.`),
    where: 'It lies in the storage that this browser keeps for this page.',
    persisted: (kept: boolean) =>
      kept
        ? 'The browser has promised to keep it until you delete it.'
        : 'The browser may delete it when the disk is nearly full, so keep your own copy.',
    delete: 'Delete the mail',
    deleteAll:
      'The mail, its questions and its index are deleted from this browser. Files that you dropped stay where they are on your disk.',
    runsToo: (runs: readonly string[]) =>
      `Delete the runs that were trained on it too; their adapters and logs may hold parts of it: ${runs.join(', ')}`,
    deleteNow: 'Delete for good',
  },
  whose: {
    title: 'Whose mailbox it is',
    nobody: 'Nobody stands out: it looks like mail of several people.',
    told: 'As you have said.',
    why: 'Questions and answers are looked for in the mailbox of these addresses. The counts are what speaks for each.',
    correct: 'Correct it',
    add: 'Another address',
    save: 'These are mine',
    forget: 'Go by the counts again',
    evidence: (of: {
      readonly delivered: number;
      readonly sent: number;
      readonly written: number;
      readonly involved: number;
      readonly because: string;
    }) =>
      [
        ...(of.delivered > 0 ? [`${count(of.delivered, 'mail')} delivered to it`] : []),
        ...(of.sent > 0 ? [`${integer(of.sent)} in sent mail`] : []),
        `wrote ${integer(of.written)}`,
        `on ${integer(of.involved)}`,
        ...(of.because === 'same-name' ? ['the same full name'] : []),
      ].join(', '),
  },
  search: {
    title: 'Search all of it',
    words: 'Words to look for',
    go: 'Search',
    note: 'All words must occur, in any form; “quoted words” as they stand. Names and addresses count too.',
    nothing: (words: string) =>
      words.trim() === '' ? 'Write a word to look for.' : `No mail was found for “${words}”.`,
    use: 'This mail answers the open question',
  },
  questions: {
    title: 'Questions about it',
    table: 'Table of questions',
    lead: 'Made by rule in this tab, the same for the same mail and seed. Read some: accept the good ones, change or delete the others. Making again leaves alone what you accepted, changed or wrote.',
    make: 'Make questions',
    makeAgain: 'Make again',
    indexing: 'Reading and indexing the mail…',
    making: (of: { readonly done: number; readonly mails: number; readonly questions: number }) =>
      `${integer(of.done)} of ${count(of.mails, 'mail')}, ${count(of.questions, 'question')} so far`,
    made: (made: number, kept: number) =>
      `${count(made, 'question')} made${kept === 0 ? '' : `, ${integer(kept)} kept as they were`}.`,
    write: 'Write one',
    download: 'Download as JSONL',
    file: 'my-questions.jsonl',
    show: 'Questions shown',
    shows: {
      all: 'All',
      open: 'Not looked at yet',
      accepted: 'Accepted',
      train: 'Training',
      validation: 'Validation',
      test: 'Test',
    },
    filter: 'Words in question or answer',
    before: 'Before',
    next: 'Next',
    page: (page: number, pages: number, all: number) =>
      `${count(all, 'question')}, page ${integer(page)} of ${integer(pages)}`,
    column: {
      question: 'Question',
      answer: 'Answer',
      kind: 'Kind',
      level: 'Level',
      split: 'Used for',
      actions: 'Judge',
    },
    facts: (kind: string, level: number) => `Kind ${kind}, level ${level}`,
    edited: 'edited',
    origin: { file: 'from a file', own: 'written by you' },
    accepted: 'accepted',
    accept: 'Accept',
    acceptOne: (question: string) => `Accept: ${question}`,
    deleteOne: (question: string) => `Delete: ${question}`,
    open: 'The question and its mail',
    writing: 'A question of your own',
    answerNote: 'As the mail says it; I don’t know where no mail answers.',
    splitNote: 'Test questions are never trained on.',
    keep: 'Keep it',
    save: 'Save',
    paraphrases: (others: readonly string[]) => `Also asked as: ${others.join(' · ')}`,
    noMail: 'No mail answers this question: the right answer is that it is not known.',
    findMail: 'Find the mail that answers it by the search above, open it and choose it.',
  },
};
