import { describe, expect, it } from 'vitest';
import { allowedButtons, trainObstacle } from './obstacle';
import { EMPTY_FORM, resolveForm, withEdit } from '../form-state';
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

  it('needs questions to the own mail', () => {
    const form = withEdit(EMPTY_FORM, 'dataset', 'imported');
    const imported = { files: 1, counts: { messages: 1, questions: 0 }, rejected: [] };
    expect(obstacleOf(ready({ form, imported }))).toContain('questions');
    expect(
      obstacleOf(ready({ form, imported: { ...imported, counts: { messages: 1, questions: 3 } } })),
    ).toBeNull();
    expect(obstacleOf(ready({ imported }))).toBeNull();
  });
});
