/**
 * The one family of errors that a user can act on. A room's class says where it happened, and the message what was
 * asked, what was found and what to do.
 */
export class MailGymError extends Error {
  override name = 'MailGymError';
}
