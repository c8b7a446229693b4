import { describe, expect, it } from 'vitest';
import { allowedButtons, trainObstacle } from './obstacle';
import { EMPTY_FORM, resolveForm, withEdit } from '../form-state';
import { NO_MAIL } from '../mail-state';
import { initialState, type State } from '../state';

const GPU = {
  ok: true,
  vendor: 'v',
  architecture: 'a',
  description: '',
  software: false,
  features: [],
  maxBufferBytes: 1,
} as const;
const ready = (changes: Partial<State> = {}): State => ({
  ...initialState(EMPTY_FORM),
  device: { kind: 'known', report: GPU },
  ...changes,
});

const obstacleOf = (state: Parameters<typeof trainObstacle>[0]) =>
  trainObstacle(state, resolveForm(state.form));

it('offers the buttons that make sense', () => {
  const shown = (status: Parameters<typeof allowedButtons>[0]) =>
    Object.entries(allowedButtons(status))
      .filter(([, on]) => on)
      .map(([name]) => name);
  expect(shown('idle')).toEqual(['train']);
  expect(shown('starting')).toEqual(['pause', 'stop']);
  expect(shown('running')).toEqual(['pause', 'stop']);
  expect(shown('paused')).toEqual(['resume', 'stop']);
  expect(shown('stopping')).toEqual(['stop']);
  expect(shown('ended')).toEqual(['train']);
  expect(shown('failed')).toEqual(['train']);
});

describe('Train', () => {
  it('is open when nothing stands in the way', () => expect(obstacleOf(ready())).toBeNull());

  it('waits for the device and says when there is none', () => {
    expect(obstacleOf(initialState(EMPTY_FORM))).toContain('Looking');
    const report = { ok: false, why: 'no-webgpu', problem: 'p', remedy: 'r' } as const;
    expect(obstacleOf(ready({ device: { kind: 'known', report } }))).toContain('WebGPU');
    expect(obstacleOf(ready({ device: { kind: 'unknown' } }))).toContain('did not start');
  });

  it('counts the settings that are wrong', () => {
    const one = withEdit(EMPTY_FORM, 'maxSteps', '-1');
    expect(obstacleOf(ready({ form: one }))).toContain('One setting');
    expect(obstacleOf(ready({ form: withEdit(one, 'topP', '7') }))).toContain('2 settings');
  });

  it('needs own mail, questions of each split, and a model that can read them', () => {
    const form = withEdit(EMPTY_FORM, 'dataset', 'imported');
    const owner = { addresses: [], isSure: true, isTold: false, others: [] };
    const withMail = (counts: [number, number, number] | null, chosen = form): string | null => {
      const [train, validation, test] = counts ?? [0, 0, 0];
      const info = { mails: 1, bytes: 1, days: null, questions: { train, validation, test }, owner };
      return obstacleOf(ready({ form: chosen, mail: { ...NO_MAIL, info: counts === null ? null : info } }));
    };
    expect(obstacleOf(ready({ form }))).toBeNull();
    expect(withMail(null)).toContain('No mail is stored');
    expect(withMail([0, 0, 0])).toContain('has no questions yet');
    expect(withMail([5, 1, 0])).toContain('each need a question');
    expect(withMail([5, 1, 1])).toContain('cannot read yours');
    expect(withMail([5, 1, 1], withEdit(form, 'model', 'hub:a/b'))).toBeNull();
    expect(withMail([5, 1, 1], EMPTY_FORM)).toBeNull();
  });
});
