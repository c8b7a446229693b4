/** What the address says of the page: the settings, the view that is open, and the language where it was chosen. Pure. */
import { formFromHash, formToHash, type FormState } from './form-state';
import { placeFrom } from './lessons/state';
import { keyOf, type Place } from './lessons/types';
import { offerOf, type RunOffer } from './runs/offer';
import { COLUMNS, PLAIN_RUNS_VIEW, type RunsView } from './runs/view';
import { VIEWS, type State, type View } from './state';
import { closest, type Language } from './texts/language';

const VIEW = 'view';
const LESSON = 'lesson';
const LANGUAGE = 'lang';
const FIRST: View = 'curves';

/** What the table of runs shows; absent where that is everything. */
const RUNS = { sort: 'runs.sort', filter: 'runs.filter', group: 'runs.group' } as const;

/** A run file elsewhere, and how large it is. */
const OFFER = { url: 'run', bytes: 'run.bytes' } as const;

/** Fragment without '#'; '' for the untouched page. @param language null where nobody chose one */
export function addressOf(
  { form, view, runsView, offer, lessons }: Pick<State, 'form' | 'view' | 'runsView' | 'offer' | 'lessons'>,
  language: Language | null = null,
): string {
  const query = new URLSearchParams(formToHash(form));
  if (view !== FIRST) query.set(VIEW, view);
  if (lessons.place !== null) query.set(LESSON, keyOf(lessons.place));
  const { sort, filter, group } = runsView;
  const plain = PLAIN_RUNS_VIEW.sort;
  if (sort.by !== plain.by || sort.down !== plain.down)
    query.set(RUNS.sort, `${sort.down ? '-' : ''}${sort.by}`);
  if (filter !== '') query.set(RUNS.filter, filter);
  if (group !== '') query.set(RUNS.group, group);
  if (offer !== null) {
    query.set(OFFER.url, offer.url);
    if (offer.bytes !== null) query.set(OFFER.bytes, String(offer.bytes));
  }
  if (language !== null) query.set(LANGUAGE, language);
  return query.toString();
}

/**
 * Reads a fragment back. View, lesson and language null: none is named. `base`: of addresses in it. `ignored`: sentences about what is
 * not understood.
 */
export function fromAddress(
  hash: string,
  base = 'http://localhost/',
): {
  readonly form: FormState;
  readonly view: View | null;
  readonly runsView: RunsView;
  readonly offer: RunOffer | null;
  readonly lesson: Place | null;
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
  const lesson = placeFrom(query.get(LESSON) ?? '');
  if (lesson !== null) query.delete(LESSON);
  const taken = (key: string): string => {
    const value = query.get(key) ?? '';
    query.delete(key);
    return value;
  };
  const sort = taken(RUNS.sort);
  const by = COLUMNS.find((column) => column === sort.replace(/^-/, ''));
  const runsView: RunsView = {
    sort: by === undefined ? PLAIN_RUNS_VIEW.sort : { by, down: sort.startsWith('-') },
    filter: taken(RUNS.filter),
    group: taken(RUNS.group),
  };
  const url = query.get(OFFER.url) ?? '';
  const offer = url === '' ? null : offerOf(url, query.get(OFFER.bytes) ?? '', base);
  // An address that is none is told of like any other part.
  if (offer !== null || url === '') query.delete(OFFER.url);
  query.delete(OFFER.bytes);
  return { view, language, runsView, offer, lesson, ...formFromHash(query.toString()) };
}

/** The fragment with its language changed, and everything else as it is. */
export function withLanguage(hash: string, language: Language): string {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  query.set(LANGUAGE, language);
  return query.toString();
}
