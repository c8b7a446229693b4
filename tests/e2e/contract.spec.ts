/** The real worker keeps the contract that its stand-in keeps too (tests/unit/mock-trainer.test.ts). */
import { expect, test } from 'playwright/test';
import { presetSettings } from '../../src/env/settings';
import type * as Contract from '../support/trainer-api-contract';
import { TRAINER_CONTRACT } from '../support/trainer-api-contract';
import { useDevServer } from '../support/dev-server';

// The development server hands the checks to the page as the module that they are.
const base = useDevServer();

const CHECKS = '/tests/support/trainer-api-contract.ts';

test('the worker keeps the contract of TrainerApi', async ({ page }) => {
  await page.goto(`${base()}?headless=1`);
  await page.evaluate(() => window.mailgym?.ready);
  const settings = {
    ...presetSettings('smoke'),
    maxSteps: 3,
    evalSteps: 2,
    evalDatasetSize: 4,
    runBaselineEval: true,
    targetAccuracy: 1,
  };
  for (const { name } of TRAINER_CONTRACT) {
    await test.step(name, async () => {
      const problem = await page.evaluate(
        async ({ module, wanted, base: common }) => {
          const { TRAINER_CONTRACT: checks } = (await import(module)) as typeof Contract;
          const index = checks.findIndex((check) => check.name === wanted);
          try {
            await checks[index]?.run(window.mailgym!.api, { ...common, outputDir: `contract/${index}` });
            return null;
          } catch (error) {
            return String(error);
          }
        },
        { module: CHECKS, wanted: name, base: settings },
      );
      expect.soft(problem, name).toBeNull();
    });
  }
});
