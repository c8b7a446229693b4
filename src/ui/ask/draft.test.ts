import { expect, it } from 'vitest';
import { recordOf, settingsOf } from '../../../tests/support/records';
import { answerSettings } from '../answerers';
import { runObstacle } from './draft';
import { menuKey, type Answerer } from '../ask-state';
import { EMPTY_FORM, resolveForm, withEdit } from '../form-state';
import { initialState, type State } from '../state';

const bare: Answerer = { kind: 'bare' };
const stored: Answerer = { kind: 'stored', outputDir: 'outputs/a', which: 'final' };

it('answers as the run of the adapter was trained, about the tasks of the page', () => {
  const page = settingsOf({ dataset: 'imported', maxTurns: 9 });
  const run = settingsOf({ outputDir: 'outputs/a', model: 'other', maxTurns: 2, baseWeights: 'int4' });
  const records = [recordOf('outputs/a', { settings: run })];
  expect(answerSettings(page, [bare], { records })).toBe(page);
  expect(answerSettings(page, [bare, stored], { records })).toEqual({ ...run, dataset: 'imported' });
  expect(answerSettings(page, [stored], { records: [] })).toBe(page);
  const elsewhere = settingsOf({ environment: 'mail-first-call' });
  expect(answerSettings(elsewhere, [stored], { records })).toEqual({
    ...elsewhere,
    model: 'other',
    baseWeights: 'int4',
  });
});

it('names tasks by what decides them', () => {
  const key = menuKey(settingsOf());
  expect(menuKey(settingsOf({ maxSteps: 3, outputDir: 'b', model: 'x' }))).toBe(key);
  for (const change of [
    { dataset: 'x' },
    { environment: 'mail-first-call' },
    { seed: 1 },
    { searchLimit: 3 },
  ]) {
    expect(menuKey(settingsOf(change))).not.toBe(key);
  }
});

it('asks during a run what shares its model and tasks, and says what does not', () => {
  const { settings } = resolveForm(EMPTY_FORM);
  const during: State = {
    ...initialState(EMPTY_FORM),
    records: [recordOf('outputs/now', { settings })],
    run: { ...initialState(EMPTY_FORM).run, status: 'running', recordId: 'session:outputs/now' },
  };
  expect(runObstacle(during, [bare])).toBeNull();
  const other = { ...during, form: withEdit(EMPTY_FORM, 'dataset', 'imported') };
  expect(runObstacle(other, [bare])).toContain('dataset “mailgym-office”');
  expect(runObstacle({ ...other, run: { ...other.run, status: 'ended' } }, [bare])).toBeNull();
});
