import { MailGymError, type ErrorName } from '../errors';
import { storage } from './texts/en/storage';
import type { TextTable } from './texts/types';

/** A run's files cannot be read or written where they are kept. */
export class StorageError extends MailGymError {
  static override readonly texts: TextTable = storage;
  override name: ErrorName<'StorageError'> = 'StorageError';
}
