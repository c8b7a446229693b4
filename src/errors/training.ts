import { MailGymError, type ErrorName } from '../errors';
import { training } from './texts/en/training';
import type { TextTable } from './texts/types';

/** A run cannot start or go on as asked. */
export class TrainingError extends MailGymError {
  static override readonly texts: TextTable = training;
  override name: ErrorName<'TrainingError'> = 'TrainingError';
}
