/** What the address says of the page: the settings, the view that is open, and the language where it was chosen. Pure. */
import { formFromHash, formToHash, type FormState } from './form-state';
import { VIEWS, type State, type View } from './state';
import { closest, type Language } from './texts/language';

const VIEW = 'view';
const LANGUAGE = 'lang';
const FIRST: View = 'curves';

/** Fragment without '#'; '' for the untouched page. @param language null where nobody chose one */
export function addressOf(
  { form, view }: Pick<State, 'form' | 'view'>,
  language: Language | null = null,
): string {
  const query = new URLSearchParams(formToHash(form));
  if (view !== FIRST) query.set(VIEW, view);
  if (language !== null) query.set(LANGUAGE, language);
  return query.toString();
}

/** Reads a fragment back. View and language null: none is named. `ignored`: sentences about what is not understood. */
export function fromAddress(hash: string): {
  readonly form: FormState;
  readonly view: View | null;
  readonly language: Language | null;
  readonly ignored: readonly string[];
} {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const named = query.get(VIEW);
  const view = VIEWS.find((one) => one === named) ?? null;
  // One that is unknown is told of like any other part.
  if (view !== null) query.delete(VIEW);
  const language = closest([query.get(LANGUAGE) ?? '']);
  if (language !== null) query.delete(LANGUAGE);
  return { view, language, ...formFromHash(query.toString()) };
}
