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
  'corpus/file-too-large': ({ limit }: { limit: number }) =>
    `a file of this form is read whole, and this one has more than ${limit} bytes; split it, or give an mbox or JSON Lines`,
  'corpus/json-too-large': ({ limit }: { limit: number }) =>
    `JSON that is not one object per line is read whole, and this has more than ${limit} characters; write it as JSON Lines`,
  'corpus/line-too-long': ({ limit }: { limit: number }) =>
    `a line has more than ${limit} bytes, which no record of mail has`,
  'corpus/item-no-json': ({ reason }: { reason: string }) => `the line is not JSON (${reason})`,
  'corpus/record-no-mail': () =>
    'the record has neither a raw message nor a body; expected a field such as "message" or "body"',
  'corpus/message-empty': () => 'the message has no sender, no recipients, no subject and no text',
  'corpus/message-deleted': () => 'the message was deleted in its mailbox (X-Mozilla-Status)',
  'corpus/message-internal': () => "the message is a mail program's note to itself",
  'corpus/message-unreadable': ({ reason }: { reason: string }) => `the message cannot be read (${reason})`,
  'corpus/body-too-long': ({ length, limit }: { length: number; limit: number }) =>
    `the body has ${length} characters, over the limit of ${limit}`,
  'corpus/too-many-recipients': ({ recipients, limit }: { recipients: number; limit: number }) =>
    `the message has ${recipients} recipients, over the limit of ${limit}`,
  'corpus/duplicate': ({ source }: { source: string }) => `duplicate of ${source}`,
  'corpus/id-taken': ({ id, source }: { id: string; source: string }) =>
    `its id ${id} is already that of ${source}`,
  'corpus/no-messages': () => 'the file holds no messages',
  'corpus/outlook-message': ({ reason }: { reason: string }) =>
    `the Outlook message cannot be read (${reason}); open it in Outlook and save it again, or export it as .eml`,
  'corpus/outlook-store': ({ reason }: { reason: string }) =>
    `the Outlook data file cannot be read (${reason}); repair it with Outlook, or export its mail as mbox or .eml`,
  'corpus/outlook-packed': () =>
    'an Outlook data file cannot be read inside an archive, or outside a worker; unpack it and give the file itself',
  'corpus/archive-inside': () => 'an archive inside an archive is not opened; unpack the outer one first',
  'corpus/archive-empty': () => 'the archive holds no files',
  'corpus/archive-broken': ({ reason }: { reason: string }) =>
    `the archive cannot be unpacked (${reason}); download or make it again`,
  'corpus/archive-encrypted': () => 'the file in the archive is encrypted; unpack it with its password first',
  'corpus/archive-path': () => 'the path in the archive leads out of it, which no honest archive does',
  'corpus/archive-entries': ({ limit }: { limit: number }) =>
    `the archive holds more than ${limit} files; the rest is left out`,
  'corpus/archive-bomb': ({ bytes, ratio, limit }: { bytes: number; ratio: number; limit: number }) =>
    `it would unpack to ${bytes} bytes, ${ratio} times its size; mail never packs to less than one part in ${limit}`,
  'corpus/cut-field': ({ name, limit }: { name: string; limit: number }) =>
    `the header ${name} is longer than ${limit} bytes; the rest of it is left out`,
  'corpus/cut-headers': ({ limit }: { limit: number }) =>
    `its headers are longer than ${limit} bytes; the rest of them is left out`,
  'corpus/cut-text': ({ limit }: { limit: number }) =>
    `a text in it is longer than ${limit} bytes; the rest of it is left out`,
  'corpus/cut-message': ({ limit }: { limit: number }) =>
    `its texts are longer than ${limit} bytes together; the rest of them is left out`,
  'corpus/file-empty': () => 'the file is empty',
  'corpus/file-binary': () =>
    'the file is binary, not mail; expected raw mail, mbox, Outlook .msg or .pst, a zip of such files, JSON Lines or CSV',
  'corpus/no-mail-file': () =>
    'not recognised as mail; expected raw mail (header lines first), mbox, JSON Lines, or CSV with a header row such as file,message',
  'corpus/row-fields': ({ fields, columns }: { fields: number; columns: number }) =>
    `the row has ${fields} fields, the header row ${columns}`,
};
