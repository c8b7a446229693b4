import { describe, it } from 'vitest';
import { presetSettings } from '../../src/env/settings';
import { createMockTrainer } from '../mock/trainer';
import { TRAINER_CONTRACT } from '../support/trainer-api-contract';

describe('the stand-in for the worker', () => {
  it.each(TRAINER_CONTRACT)('$name', async ({ run }) => {
    const api = createMockTrainer(new URLSearchParams({ speed: '0' }));
    await run(api, {
      ...presetSettings('smoke'),
      maxSteps: 3,
      evalSteps: 2,
      evalDatasetSize: 8,
      runBaselineEval: true,
      targetAccuracy: 1,
      outputDir: 'contract',
    });
  });
});
