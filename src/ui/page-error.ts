import { MailGymError, type ErrorName } from '../errors';
import { page } from '../errors/texts/en/page';
import type { TextTable } from '../errors/texts/types';

/** What a visitor gave to the page cannot be used. */
export class PageError extends MailGymError {
  static override readonly texts: TextTable = page;
  override name: ErrorName<'PageError'> = 'PageError';
}
