/** What the address says of the page: the settings, and the view that is open. Pure. */
import { formFromHash, formToHash, type FormState } from './form-state';
import { VIEWS, type State, type View } from './state';

const VIEW = 'view';
const FIRST: View = 'curves';

/** Fragment without '#'; '' for the untouched page. */
export function addressOf({ form, view }: Pick<State, 'form' | 'view'>): string {
  const query = new URLSearchParams(formToHash(form));
  if (view !== FIRST) query.set(VIEW, view);
  return query.toString();
}

/** Reads a fragment back. View null: none is named. `ignored`: sentences about what is not understood. */
export function fromAddress(hash: string): {
  readonly form: FormState;
  readonly view: View | null;
  readonly ignored: readonly string[];
} {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const named = query.get(VIEW);
  const view = VIEWS.find((one) => one === named) ?? null;
  // One that is unknown is told of like any other part.
  if (view !== null) query.delete(VIEW);
  return { view, ...formFromHash(query.toString()) };
}
