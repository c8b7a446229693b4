/** Importing real mail and questions about it. Everything here runs in a page as well as in Node; reading files is the caller's. */
export { buildDataset, type DatasetDescription } from './import/build';
export { importMail, type ImportOptions, type ImportOutcome, type Rejection } from './import/mail';
export { importQuestions, UNANSWERABLE, type QuestionOutcome } from './import/questions';
export { mailSourceOfText, MAX_FILE_BYTES, MAX_MESSAGE_BYTES, type MailSource } from './import/sources';
