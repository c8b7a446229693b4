import { MailGymError, type ErrorName } from '../errors';
import { environment } from '../errors/texts/en/environment';
import type { TextTable } from '../errors/texts/types';

/** An environment, its tasks or its files cannot be used as they are. */
export class EnvironmentError extends MailGymError {
  static override readonly texts: TextTable = environment;
  override name: ErrorName<'EnvironmentError'> = 'EnvironmentError';
}
