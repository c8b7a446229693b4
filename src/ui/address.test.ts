import { expect, it } from 'vitest';
import { addressOf, fromAddress } from './address';
import { EMPTY_FORM, withEdit } from './form-state';
import { PLAIN_RUNS_VIEW, type RunsView } from './runs/view';

it('has the settings and the view, and brings both back', () => {
  const form = withEdit(EMPTY_FORM, 'maxSteps', '7');
  const runsView = PLAIN_RUNS_VIEW;
  const address = addressOf({ form, view: 'compare', runsView });
  expect(address).toBe('maxSteps=7&view=compare');
  expect(fromAddress(`#${address}`)).toEqual({ form, view: 'compare', runsView, ignored: [] });
  expect(addressOf({ form: EMPTY_FORM, view: 'curves', runsView })).toBe('');
  expect(fromAddress('')).toEqual({ form: EMPTY_FORM, view: null, runsView, ignored: [] });
});

it('has the order, filter and grouping of the table of runs', () => {
  const runsView: RunsView = { sort: { by: 'accuracy', down: false }, filter: 'a & b', group: 'seed' };
  const address = addressOf({ form: EMPTY_FORM, view: 'runs', runsView });
  expect(fromAddress(`#${address}`)).toEqual({ form: EMPTY_FORM, view: 'runs', runsView, ignored: [] });
  // One that there is not is the plain one.
  expect(fromAddress('#runs.sort=-colour').runsView).toEqual(PLAIN_RUNS_VIEW);
});

it('names a view that there is not', () => {
  const { view, ignored } = fromAddress('#view=sideways');
  expect(view).toBeNull();
  expect(ignored).toEqual([expect.stringContaining('view')]);
});
