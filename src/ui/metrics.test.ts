import { describe, expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../tests/support/records';
import { evaluationColumns } from './training/evaluation-columns';
import { environmentOf, rewardParts } from './metrics';

const mail = environmentOf(null);

it('knows the environment of a run, and takes the default one for what it does not know', () => {
  const of = (environment: string) =>
    environmentOf(recordOf('a', { settings: settingsOf({ environment }) })).id;
  expect(of('mail-first-call')).toBe('mail-first-call');
  expect(of('some/file.ts')).toBe('mail');
  expect(mail.id).toBe('mail');
});

it('lists parts of the reward that occur, known ones first', () => {
  const steps = [
    metricsOf(1, { 'rewards/extra': 1, 'rewards/format': 0.5, 'rewards/seed': null }),
    metricsOf(2, { 'rewards/default': 1 }),
  ];
  expect(rewardParts(steps, mail)).toEqual(['default', 'format', 'extra']);
  expect(rewardParts([], mail)).toEqual([]);
});

describe('the table of evaluations', () => {
  it('has columns for the metrics that the environment wants in it', () => {
    const columns = evaluationColumns(mail);
    expect(columns.map(({ head }) => head)).toEqual([
      'Accuracy',
      'Right',
      'Answered',
      'Found the mail',
      'Read the mail',
      '“I don’t know”',
      'Reward',
      'Turns',
    ]);
    const cells = columns.map(({ cell }) => cell(evaluationOf(3)));
    // What the evaluation lacks is no zero.
    expect(cells.slice(0, 6)).toEqual(['40 %', '4 / 10', '60 %', '50 %', '–', '–']);
  });
});
