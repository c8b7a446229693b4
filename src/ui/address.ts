/** What the address says of the page: the settings, and the view that is open. Pure. */
import { formFromHash, formToHash, type FormState } from './form-state';
import { COLUMNS, PLAIN_RUNS_VIEW, type RunsView } from './runs/view';
import { VIEWS, type State, type View } from './state';

const VIEW = 'view';
const FIRST: View = 'curves';

/** What the table of runs shows; absent where that is everything. */
const RUNS = { sort: 'runs.sort', filter: 'runs.filter', group: 'runs.group' } as const;

/** Fragment without '#'; '' for the untouched page. */
export function addressOf({ form, view, runsView }: Pick<State, 'form' | 'view' | 'runsView'>): string {
  const query = new URLSearchParams(formToHash(form));
  if (view !== FIRST) query.set(VIEW, view);
  const { sort, filter, group } = runsView;
  const plain = PLAIN_RUNS_VIEW.sort;
  if (sort.by !== plain.by || sort.down !== plain.down)
    query.set(RUNS.sort, `${sort.down ? '-' : ''}${sort.by}`);
  if (filter !== '') query.set(RUNS.filter, filter);
  if (group !== '') query.set(RUNS.group, group);
  return query.toString();
}

/** Reads a fragment back. View null: none is named. `ignored`: sentences about what is not understood. */
export function fromAddress(hash: string): {
  readonly form: FormState;
  readonly view: View | null;
  readonly runsView: RunsView;
  readonly ignored: readonly string[];
} {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const named = query.get(VIEW);
  const view = VIEWS.find((one) => one === named) ?? null;
  // One that is unknown is told of like any other part.
  if (view !== null) query.delete(VIEW);
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
  return { view, runsView, ...formFromHash(query.toString()) };
}
