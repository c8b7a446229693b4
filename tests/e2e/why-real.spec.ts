/** Seeing why on the built page with its real worker, and recorded runs on it where a browser has no WebGPU. */
import { chromium, expect, test } from 'playwright/test';
import { ensureBrowser } from '../../scripts/setup/browser';

test('a real run tells what each step did, follows a question, and is opened again with both', async ({
  page,
}) => {
  await page.goto('#preset=quick&maxSteps=2&batchSize=2&numGenerations=4&evalDatasetSize=2&minGroupStd=0');
  await page.evaluate(() => window.mailgym?.ready);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 400_000,
  });
  const columns = page.locator('.followed-column h4');
  await expect(columns).toHaveText(['At the start', 'After step 2']);
  await page.getByRole('tab', { name: 'Trajectories', exact: true }).click();
  await page.locator('.pictured button').first().click();
  await expect(page.locator('.update-picture').getByRole('img')).toHaveAttribute(
    'aria-label',
    /How the step changed/,
  );
  await expect(page.locator('.token-panel')).toContainText('after the step');
  await page.getByText('This group as the tree that is trained').click();
  await expect(page.locator('.tree')).toContainText('Shared by all 4 rollouts.');

  await page.reload();
  await page.evaluate(() => window.mailgym?.ready);
  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  await page.locator('.runs-table .link').first().click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(columns).toHaveText(['At the start', 'After step 2']);
  await page.getByRole('tab', { name: 'Trajectories', exact: true }).click();
  await expect(page.locator('.pictured button').first()).toBeVisible();
});

test('without WebGPU recorded runs are opened, compared and looked into', async ({ baseURL }) => {
  const browser = await chromium.launch({
    executablePath: ensureBrowser(() => undefined),
    args: ['--disable-features=WebGPU', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }));
    await page.goto(baseURL ?? '');
    await page.evaluate(() => window.mailgym?.ready);
    await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
    const panel = page.getByRole('region', { name: 'Recorded runs' });
    await panel.getByRole('button', { name: 'Unmasked', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Run that was opened again' })).toContainText(
      'A recorded run',
    );
    await page.getByLabel('See why, step').selectOption('2');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('.pictured button').first().click();
    await expect(page.locator('.update-picture')).toBeVisible();
    // Without the mask this run had nothing left to learn from at its end.
    await page.getByLabel('Step whose trajectories are shown').selectOption('12');
    await expect(page.getByRole('region', { name: 'Step 12' })).toContainText('this step changed nothing');
    await page.getByRole('tab', { name: 'Runs', exact: true }).click();
    await page.getByRole('button', { name: 'Compare all three' }).click();
    await expect(page.locator('.run-list li')).toHaveCount(3);
    await expect(page.getByRole('tabpanel').locator('canvas').first()).toBeVisible();
  } finally {
    await browser.close();
  }
});
