import { expect, it } from 'vitest';
import { metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import type { RunRecord } from '../state';
import { secondsExpected } from './expected';

const settings = settingsOf({ batchSize: 2, numGenerations: 5 });
const steps = [1, 2].map((step) => metricsOf(step, { rolloutSeconds: 3, trainSeconds: 2 }));
const of = (outputDir: string, changes: Partial<RunRecord> = {}): RunRecord =>
  recordOf(outputDir, { settings, steps, ...changes });

it('time goes with rollouts, as the newest like run of this browser took it', () => {
  // 5 seconds for 10 rollouts.
  expect(secondsExpected([of('outputs/a')], settings, 100)).toBeCloseTo(50);
  expect(secondsExpected([], settings, 100)).toBeNull();
  expect(
    secondsExpected([of('outputs/a', { settings: { ...settings, model: 'other' } })], settings, 100),
  ).toBeNull();
  expect(secondsExpected([of('recorded/masked')], settings, 100)).toBeNull();
  expect(secondsExpected([of('outputs/a')], null, 100)).toBeNull();
});
