import { expect, it } from 'vitest';
import { settingsOf } from '../../tests/support/records';
import { plannedModes } from './plan';

it('pairs the modes seed by seed, and each begins with the model as it is', () => {
  const from = settingsOf({
    seed: 7,
    mode: 'simple',
    outputDir: 'outputs/grpo_simple',
    runBaselineEval: false,
    resume: 'latest',
    maxSteps: 3,
  });
  const runs = plannedModes(from, 'quick', 2);
  expect(runs.map(({ settings: { seed, mode, outputDir } }) => [seed, mode, outputDir])).toEqual([
    [7, 'masked', 'outputs/grpo_masked'],
    [7, 'rollout', 'outputs/grpo_rollout'],
    [8, 'masked', 'outputs/grpo_masked'],
    [8, 'rollout', 'outputs/grpo_rollout'],
  ]);
  const named = plannedModes({ ...from, outputDir: 'outputs/mine' }, 'quick', 1);
  expect(named.map(({ settings }) => settings.outputDir)).toEqual(['outputs/mine', 'outputs/mine']);
  for (const { settings, preset } of runs) {
    expect(settings).toMatchObject({ runBaselineEval: true, resume: 'no', maxSteps: 3 });
    expect(preset).toBe('quick');
  }
});
