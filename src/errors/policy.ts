import { MailGymError, type ErrorName } from '../errors';
import { policy } from './texts/en/policy';
import type { TextTable } from './texts/types';

/** A model, its files, its weights or its adapter cannot be used as they are. */
export class PolicyError extends MailGymError {
  static override readonly texts: TextTable = policy;
  override name: ErrorName<'PolicyError'> = 'PolicyError';
}
