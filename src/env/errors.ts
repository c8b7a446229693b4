import { MailGymError, type ErrorName } from '../errors';

/** An environment, its tasks or its files cannot be used as they are. */
export class EnvironmentError extends MailGymError {
  override name: ErrorName = 'EnvironmentError';
}
