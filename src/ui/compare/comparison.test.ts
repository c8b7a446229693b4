import { describe, expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import type { Settings } from '../../settings/settings';
import type { RunRecord } from '../state';
import { comparisonOf, kindsOf } from './comparison';
import { sideText, verdictText } from './conclusion';

function run(mode: 'masked' | 'rollout', right: number, settings: Partial<Settings> = {}): RunRecord {
  const outputDir = `outputs/${mode}-${settings.seed ?? 42}`;
  const collapsed = right === 0;
  const steps = [1, 2, 3, 4, 5, 6].map((step) =>
    metricsOf(step, {
      mode,
      entropy: collapsed && step > 3 ? 5.9 : 0.6,
      toolCalls: 20,
      turnsWithoutCall: collapsed && step > 3 ? 20 : 1,
    }),
  );
  const evaluation = (step: number, correctAnswers: number) =>
    evaluationOf(step, { questions: 24, correctAnswers, accuracy: correctAnswers / 24 });
  return recordOf(outputDir, {
    settings: settingsOf({ mode, seed: 42, ...settings, outputDir }),
    steps,
    evaluations: [evaluation(0, 6), evaluation(3, right), evaluation(6, right)],
  });
}
const said = (shown: RunRecord[]): string => {
  const found = comparisonOf(shown);
  return found === null ? '' : verdictText(found);
};

describe('the conclusion of the Compare view', () => {
  it('names the better mode, whichever run comes first', () => {
    const shown = [run('masked', 18), run('rollout', 0)];
    expect(said(shown)).toMatch(/^Masked is ahead of unmasked by 75 points .*1 seed\)/);
    expect(said(shown.toReversed())).toBe(said(shown));
    expect(said([run('masked', 0), run('rollout', 18)])).toMatch(/^Unmasked is ahead of masked by 75 points/);
  });

  it('says what was seen inside', () => {
    const sides = comparisonOf([run('masked', 18), run('rollout', 0)])?.conclusion.sides;
    expect(sideText('masked', sides![0])).toBe(
      'Masked: from 25 % right before training to 75 % in the latest evaluation.',
    );
    expect(sideText('unmasked', sides![1])).toMatch(/from 0\.60 to 5\.9 nats.*from 5 % to 50 %/);
  });

  it('cannot tell equal ones', () => {
    expect(said([run('masked', 12), run('rollout', 12)])).toMatch(
      /^These runs cannot tell .*: 0 points apart/,
    );
  });

  it('pairs seeds with seeds', () => {
    const shown = [7, 8, 9].flatMap((seed) => [run('masked', 20, { seed }), run('rollout', 2, { seed })]);
    expect(said(shown)).toMatch(/3 seeds\)/);
    expect(said(shown.slice(0, 4))).toMatch(/2 seeds\)/);
  });

  it('any two runs on the same tasks by their names, turned round when they are swapped', () => {
    const [good, bad] = [run('masked', 20), run('masked', 2, { seed: 1, learningRate: 0.1 })];
    expect(said([good, bad])).toMatch(/^Masked · masked-42 is ahead of masked · masked-1 by 75 points/);
    expect(said([bad, good])).toMatch(/^Masked · masked-42 is ahead of masked · masked-1 by 75 points/);
  });

  it('is silent where accuracies mean different things, or nothing is evaluated yet', () => {
    expect(said([run('masked', 20), run('masked', 2, { dataset: 'imported' })])).toBe('');
    expect(said([run('masked', 20)])).toBe('');
    expect(said([run('masked', 20), { ...run('rollout', 2), evaluations: [] }])).toBe('');
    expect(said([run('masked', 20), { ...run('rollout', 2), settings: null }])).toBe('');
  });
});

describe('what can be held against each other', () => {
  it('runs on the same test tasks are one kind, whatever else differs', () => {
    const shown = [run('masked', 1), run('rollout', 1, { seed: 3, model: 'other', maxSteps: 7 })];
    expect(kindsOf(shown)).toMatchObject([{ tasks: [] }]);
  });

  it('others are kinds of their own, with what differs', () => {
    const [a, b] = [run('masked', 1, { evalDatasetSize: 24 }), run('rollout', 1, { evalDatasetSize: 48 })];
    const kinds = kindsOf([a, b, a]);
    expect(kinds.map(({ records }) => records.length)).toEqual([2, 1]);
    expect(kinds.map(({ tasks }) => tasks.map(([, value]) => value))).toEqual([['24'], ['48']]);
    expect(said([a, b])).toBe('');
  });
});
