/** How the table of runs is looked at: order, filter, grouping. Pure, without imports. */

/** In the order of the table. */
export const COLUMNS = [
  'name',
  'date',
  'environment',
  'model',
  'mode',
  'seed',
  'steps',
  'accuracy',
  'time',
  'tags',
] as const;
export type Column = (typeof COLUMNS)[number];

export interface RunsView {
  readonly sort: { readonly by: Column; readonly down: boolean };
  /** Words that a row must all have somewhere. */
  readonly filter: string;
  /** Name of a setting; '' for one list. */
  readonly group: string;
}

/** The newest first. */
export const PLAIN_RUNS_VIEW: RunsView = { sort: { by: 'date', down: true }, filter: '', group: '' };

/** The order after a press on a heading: numbers and dates begin with the largest, words with the first. */
export function sortedBy({ sort }: RunsView, by: Column): RunsView['sort'] {
  if (sort.by === by) return { by, down: !sort.down };
  return { by, down: ['date', 'steps', 'accuracy', 'time'].includes(by) };
}
