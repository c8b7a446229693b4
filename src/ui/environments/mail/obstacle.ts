/** What stands in the way of training on the visitor's own mail. Pure. */
import { fieldText } from '../../form-state';
import { IMPORTED } from '../../mail-state';
import type { State } from '../../state';
import { t } from '../../texts';

/** The built-in policy has learnt invented mail of one style, and no other. */
export function readsOwnMail({ form }: Pick<State, 'form'>): boolean {
  return fieldText(form, 'model').trim() !== fieldText({ preset: 'default', edits: {} }, 'model');
}

export function ownMailObstacle({ form, mail }: Pick<State, 'form' | 'mail'>): string | null {
  if (fieldText(form, 'dataset') !== IMPORTED || mail.info === undefined) return null;
  if (mail.info === null) return t.mail.nothingStored;
  const { train, validation, test } = mail.info.questions;
  if (train + validation + test === 0) return t.mail.needsQuestions;
  if (train === 0 || validation === 0 || test === 0) return t.mail.needsSplits;
  return readsOwnMail({ form }) ? null : t.mail.builtInModel;
}
