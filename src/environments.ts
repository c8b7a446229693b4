/**
 * `mailgym/environments`: what policies are asked to do, ready made.
 * @module
 */
export { loadDataset } from './env/mail/corpus/dataset';
export { createMailStore } from './env/mail/corpus/store';
export { CorpusError, type MailStore, type SearchQuery } from './env/mail/corpus/types';
