/** Importing real mail and questions about it. Everything here runs in a page as well as in Node; reading files is the caller's. */
export { assignSplits, buildDataset, type DatasetDescription } from './import/build';
export { readable, type Bytes, type ByteSource } from './import/bytes';
export {
  importMail,
  type ImportOptions,
  type ImportOutcome,
  type ImportProgress,
  type ReasonCount,
  type Rejection,
} from './import/mail';
export { importQuestions, type QuestionOutcome } from './import/questions';
export { mailSourceOfText, type MailSource } from './import/sources';
