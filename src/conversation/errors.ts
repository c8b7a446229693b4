import { MailGymError } from '../errors';

/** A conversation from a file cannot be used as it is. */
export class ConversationError extends MailGymError {
  override name = 'ConversationError';
}
