import { expect, it } from 'vitest';
import { addressOf, fromAddress } from './address';
import { EMPTY_FORM, withEdit } from './form-state';
import { NO_LESSONS } from './lessons/state';
import { PLAIN_RUNS_VIEW, type RunsView } from './runs/view';

const lessons = NO_LESSONS;

it('has the settings and the view, and brings both back', () => {
  const form = withEdit(EMPTY_FORM, 'maxSteps', '7');
  const [runsView, offer] = [PLAIN_RUNS_VIEW, null];
  const address = addressOf({ lessons, form, view: 'compare', runsView, offer });
  expect(address).toBe('maxSteps=7&view=compare');
  const language = null;
  expect(fromAddress(`#${address}`)).toEqual({
    form,
    view: 'compare',
    runsView,
    offer,
    lesson: null,
    language,
    ignored: [],
  });
  expect(addressOf({ lessons, form: EMPTY_FORM, view: 'curves', runsView, offer })).toBe('');
  expect(fromAddress('')).toEqual({
    form: EMPTY_FORM,
    view: null,
    runsView,
    offer,
    lesson: null,
    language,
    ignored: [],
  });
});

it('has the order, filter and grouping of the table of runs', () => {
  const runsView: RunsView = { sort: { by: 'accuracy', down: false }, filter: 'a & b', group: 'seed' };
  const address = addressOf({ lessons, form: EMPTY_FORM, view: 'runs', runsView, offer: null });
  expect(fromAddress(`#${address}`)).toMatchObject({ form: EMPTY_FORM, view: 'runs', runsView, ignored: [] });
  // One that there is not is the plain one.
  expect(fromAddress('#runs.sort=-colour').runsView).toEqual(PLAIN_RUNS_VIEW);
});

it('names a lesson and its step', () => {
  const place = { lesson: 'mask', step: 2 } as const;
  const [runsView, offer] = [PLAIN_RUNS_VIEW, null];
  const address = addressOf({
    ...{ form: EMPTY_FORM, view: 'curves' as const, runsView, offer },
    lessons: { ...lessons, place },
  });
  expect(address).toBe('lesson=mask.2');
  expect(fromAddress(`#${address}`)).toMatchObject({ lesson: place, form: EMPTY_FORM, ignored: [] });
  expect(fromAddress('#lesson=holes').lesson).toEqual({ lesson: 'holes', step: 1 });
  for (const bad of ['sleep', 'mask.0', 'mask.x', 'mask.-1']) {
    const { lesson, ignored } = fromAddress(`#lesson=${bad}`);
    expect(lesson).toBeNull();
    expect(ignored).toEqual([expect.stringContaining('lesson')]);
  }
});

it('names a view that there is not', () => {
  const { view, ignored } = fromAddress('#view=sideways');
  expect(view).toBeNull();
  expect(ignored).toEqual([expect.stringContaining('view')]);
});

it('names a run file elsewhere, and nothing that is no address of the web', () => {
  const of = (text: string) =>
    fromAddress(`#${new URLSearchParams({ run: text, 'run.bytes': '9' }).toString()}`);
  const { offer, ignored } = of('https://me:pw@example.org/a%20b.zip');
  expect(offer).toEqual({ url: 'https://example.org/a%20b.zip', host: 'example.org', bytes: 9 });
  expect(ignored).toEqual([]);
  const address = addressOf({ lessons, form: EMPTY_FORM, view: 'curves', runsView: PLAIN_RUNS_VIEW, offer });
  expect(fromAddress(`#${address}`).offer).toEqual(offer);
  expect(of('runs/a.zip').offer?.url).toBe('http://localhost/runs/a.zip');
  for (const bad of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/plain,x', 'https://']) {
    expect(of(bad).offer).toBeNull();
    expect(of(bad).ignored).toEqual([expect.stringContaining('run')]);
  }
});
