/** Why a file, a message or a question was left out of an import. Each is the end of a sentence, which reports put behind the name of what was left out: a small letter first, no full stop. */
export const reasons = {
  'corpus/item-no-object': () => 'the item is not a JSON object',
  'corpus/question-twice': ({ id }: { id: string }) => `its id ${id} is used twice`,
  'corpus/question-mail-missing': ({ mail }: { mail: string }) =>
    `its e-mail ${mail} is not among the imported mail`,
  'corpus/question-mail-hidden': ({ mail, inbox }: { mail: string; inbox: string }) =>
    `its e-mail ${mail} was neither sent from nor to its inbox ${inbox}`,
  'corpus/context-without-id': () => 'its context has no Message-ID',
  'corpus/message-missing': ({ messageId, why }: { messageId: string; why: string | null }) =>
    why === null
      ? `its mail <${messageId}> is not among the imported mail`
      : `its mail <${messageId}> was rejected: ${why}`,
  'corpus/mail-without-people': () => 'its mail has neither a sender nor a recipient',
  'corpus/mail-without-date': () => 'its mail has no date',
  'corpus/file-too-large': ({ bytes, limit }: { bytes: number; limit: number }) =>
    `the file has ${bytes} bytes, over the limit of ${limit}; split it`,
  'corpus/file-empty': () => 'the file is empty',
  'corpus/message-too-large': ({ bytes, limit }: { bytes: number; limit: number }) =>
    `the message has ${bytes} bytes, over the limit of ${limit}`,
  'corpus/file-binary': () => 'the file is binary, not mail; expected raw mail, mbox, JSON Lines or CSV',
  'corpus/no-mail-file': () =>
    'not recognised as mail; expected raw mail (header lines first), mbox, JSON Lines, or CSV with a header row such as file,message',
  'corpus/line-empty': () => 'the line is empty',
  'corpus/row-fields': ({ fields, columns }: { fields: number; columns: number }) =>
    `the row has ${fields} fields, the header row ${columns}`,
};
