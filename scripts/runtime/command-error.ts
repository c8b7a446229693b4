import { MailGymError, type ErrorName } from '../../src/errors';

/** The command line cannot be carried out as it stands. */
export class CommandError extends MailGymError {
  override name: ErrorName = 'CommandError';
}
