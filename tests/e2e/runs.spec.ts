/** Runs that are kept: the table, what is written on a run, opening it again; with the stand-in for the worker. */
import { expect, test, type Locator, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, `keep=1&${query}`, hash);
const panel = (page: Page): Locator => page.getByRole('tabpanel', { name: 'Runs', exact: true });
const table = (page: Page): Locator => panel(page).getByRole('table');
const rowNames = (page: Page) => table(page).locator('tbody th[scope=row] button').allTextContents();

test('a run is in the table with what it is and what came of it; what is written on it outlives a reload', async ({
  page,
}) => {
  await open(page, 'speed=1', `${SMALL}&maxSteps=3&seed=7`);
  await train(page);
  await finished(page);
  await tab(page, 'Runs');
  const row = table(page).getByRole('row', { name: /grpo_masked/ });
  await expect(row).toContainText('masked');
  await expect(row).toContainText('3 of 3');
  await expect(row).toContainText(/\d+ % \(95 %: \d+ to \d+ %\)/);
  await expect(row).toContainText(String(new Date().getFullYear()));
  await row.getByRole('button', { name: /grpo_masked/ }).click();
  const details = panel(page).getByRole('region', { name: /^Run / });
  await expect(details.getByText('Finished with step 3 of 3.')).toBeVisible();
  await details.getByLabel('Name').fill('First try');
  await details.getByLabel('Note').fill('With <b>seed</b> 7');
  await details.getByLabel('Tags').fill('class 7b, homework');
  await details.getByLabel('Tags').blur();
  await expect(table(page).getByRole('row', { name: /First try/ })).toContainText('class 7b, homework');

  await page.reload();
  await page.evaluate(() => window.mailgym?.ready);
  await expect(page).toHaveURL(/view=runs/);
  const again = table(page).getByRole('row', { name: /First try/ });
  await expect(again).toContainText('With <b>seed</b> 7');
  await expect(again).toContainText('class 7b, homework');

  // Opened again it has everything.
  await again.getByRole('button', { name: /First try/ }).click();
  await panel(page)
    .getByRole('region', { name: 'Run First try' })
    .getByRole('button', { name: 'Open' })
    .click();
  const training = page.getByRole('tabpanel', { name: 'Training' });
  await expect(training.getByRole('heading', { name: 'First try' })).toBeVisible();
  await expect(
    training.getByRole('region', { name: 'Reward', exact: true }).getByRole('img'),
  ).toHaveAttribute('aria-label', /mean: 3 values/);
  await expect(training.getByRole('region', { name: 'Evaluations' }).getByRole('row')).toHaveCount(3);
  await tab(page, 'Trajectories');
  await page.locator('.traj-item').first().click();
  await expect(
    page
      .getByRole('group', { name: /Tokens of rollout/ })
      .locator('.tok')
      .first(),
  ).toBeAttached();
  await tab(page, 'Log');
  await expect(page.getByRole('log')).toContainText('Step 3/3');
});

test('a run that the page was closed on is interrupted, says so, and can go on', async ({ page }) => {
  await open(page, 'speed=15', `${SMALL}&maxSteps=60&evalSteps=0&saveSteps=1&runBaselineEval=false`);
  await train(page);
  await expect(page.getByRole('progressbar', { name: 'Steps done' })).not.toHaveAttribute(
    'aria-valuenow',
    /^[01]$/,
  );
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.evaluate(() => window.mailgym?.ready);
  await tab(page, 'Runs');
  const row = table(page).getByRole('row', { name: /grpo_masked/ });
  await expect(row.getByText('interrupted')).toBeVisible();
  await row.getByRole('button', { name: /grpo_masked/ }).click();
  await expect(panel(page).getByText(/Interrupted: it has \d+ of 60 steps/)).toBeVisible();
  await panel(page).getByRole('button', { name: 'Go on with this run' }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Stopped' })).toBeVisible();
  await tab(page, 'Runs');
  await expect(row.getByText('stopped')).toBeVisible();
});

test('runs are sorted, filtered, grouped, chosen and deleted', async ({ page }) => {
  await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
  await page.getByRole('combobox', { name: 'seed', exact: true }).selectOption('2');
  await page.getByRole('button', { name: 'Masked against unmasked' }).click();
  await tab(page, 'Runs');
  await expect(table(page).locator('tbody tr')).toHaveCount(4);
  await expect(table(page).getByText('running', { exact: true })).toHaveCount(0);
  const heading = (name: string) => table(page).getByRole('columnheader', { name });
  await expect(heading('Date')).toHaveAttribute('aria-sort', 'descending');
  await heading('Seed').getByRole('button').click();
  await expect(heading('Seed')).toHaveAttribute('aria-sort', 'ascending');
  await expect(heading('Date')).toHaveAttribute('aria-sort', 'none');
  const seeds = () => table(page).locator('tbody tr td:nth-child(7)').allTextContents();
  expect(await seeds()).toEqual([...(await seeds())].sort());
  await heading('Seed').getByRole('button').click();
  expect(await seeds()).toEqual([...(await seeds())].sort().reverse());
  await expect(page).toHaveURL(/runs\.sort=-seed/);

  await panel(page).getByLabel('Group by').selectOption({ label: 'Mode' });
  await expect(table(page).getByRole('rowheader', { name: /^Mode: unmasked 2 runs/ })).toBeVisible();
  await table(page).getByLabel('Choose all of Mode: unmasked').check();
  await expect(panel(page).getByText('2 runs chosen')).toBeVisible();
  await panel(page).getByLabel('Filter').fill('rollout-2');
  await expect(panel(page).getByText('1 of 4 runs')).toBeVisible();
  // What the filter hides is not deleted.
  await expect(panel(page).getByText('1 run chosen')).toBeVisible();
  const actions = panel(page).getByRole('group', { name: 'With the runs chosen' });
  await actions.getByRole('button', { name: 'Delete these' }).click();
  await expect(actions.getByText('Delete 1 run for good?')).toBeVisible();
  await actions.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel(page).getByText('0 of 3 runs')).toBeVisible();
  await panel(page).getByLabel('Filter').fill('');
  expect(await rowNames(page)).toHaveLength(3);
  await table(page).getByLabel('Choose all runs shown').check();
  await panel(page).getByRole('button', { name: 'Compare these' }).click();
  const compare = page.getByRole('tabpanel', { name: 'Compare' });
  await expect(compare.getByRole('checkbox', { name: 'masked, 2 seeds', exact: true })).toBeChecked();
  await expect(compare.getByRole('checkbox', { name: /grpo_rollout/ })).toBeChecked();
});
