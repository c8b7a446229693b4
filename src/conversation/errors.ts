import { MailGymError, type ErrorName } from '../errors';

/** A conversation from a file cannot be used as it is. */
export class ConversationError extends MailGymError {
  override name: ErrorName = 'ConversationError';
}
