import { MailGymError, type ErrorName } from '../errors';
import { conversation } from '../errors/texts/en/conversation';
import type { TextTable } from '../errors/texts/types';

/** A conversation from a file cannot be used as it is. */
export class ConversationError extends MailGymError {
  static override readonly texts: TextTable = conversation;
  override name: ErrorName<'ConversationError'> = 'ConversationError';
}
