/** A visitor's own mailbox in the page, and the questions in it. */
export const mailbox = {
  'corpus/no-mailbox': () => 'No mail is stored in this browser. Drop mail first.',
  'corpus/mailbox-file': ({ file }: { file: string }) =>
    `The stored mail lacks its file ${file}. Delete the mail in this browser and drop it again.`,
  'corpus/questions-before-mail': ({ file }: { file: string }) =>
    `${file} has questions, but there is no mail that they could be about. Drop the mail first, or both together.`,
  'corpus/no-address': ({ found }: { found: string }) =>
    `“${found}” is no address. Write one such as me@home.example.`,
  'corpus/own-question-blank': () => 'A question needs words and an answer. Fill in both.',
  'corpus/own-question-twice': () => 'This question is there already. Change it there.',
  'corpus/own-question-gone': () => 'This question is no longer there. Choose another one.',
  'corpus/own-question-no-mail': () =>
    "No mail is chosen that holds the answer. Find it by the search and choose it, or answer I don't know.",
  'corpus/own-question-no-id': () =>
    'This mail has no Message-ID, by which questions name mail. Choose another mail.',
  'corpus/own-question-no-inbox': () =>
    'It is not known in whose mailbox to search. Say whose mail this is, or choose a mail with people on it.',
};
