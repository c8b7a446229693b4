/** Choosing what to train, with the stand-in for the worker: tasks, models, what a run needs, settings. */
import axe from 'axe-core';
import { expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, train } from '../support/mock-page';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

test('a task says what it is and gives an example; a model is chosen from a list, by name or by address', async ({
  page,
}) => {
  await open(page, '');
  const side = page.getByRole('complementary');
  for (const [task, example] of [
    ['mail', 'Project Alder'],
    ['mail-first-call', 'well-formed search'],
    ['guess', 'a hidden number'],
    ['rows', 'your own file'],
    ['digit', 'Which digit?'],
  ] as const) {
    await side.getByLabel('Task', { exact: true }).selectOption(task);
    await expect(side.getByText('For example:')).toContainText(example);
  }
  await side.getByLabel('Task', { exact: true }).selectOption('mail');
  await side.getByText('Choose a model of the hub').click();
  await expect(side.getByRole('row')).toHaveCount(7);
  expect(await faults(page)).toEqual([]);
  await side.getByRole('button', { name: 'Qwen/Qwen3-0.6B' }).click();
  await expect(page).toHaveURL(/model=hub%3AQwen%2FQwen3-0\.6B/);
  const other = side.getByLabel('Another one, by owner/name or address');
  const use = side.getByRole('button', { name: 'Use it' });
  await other.fill('not a model');
  await expect(use).toBeDisabled();
  await other.fill('someone/something');
  await use.click();
  await expect(side.locator('.model-name')).toContainText('hub:someone/something');
});

test('before Train the page says what a run will need, and how long once a like one was made', async ({
  page,
}) => {
  await open(page, 'speed=5', `${SMALL}&maxSteps=3`);
  const plan = page.locator('.run-plan');
  await plan.getByRole('button', { name: 'What will this run need?' }).click();
  await expect(plan.getByText(/fits this device: about .+ of GPU memory/)).toBeVisible();
  await expect(plan).toContainText('No model is fetched from elsewhere.');
  await expect(plan).toContainText(
    '24 rollouts in its steps; how long they take is known after the first step.',
  );
  await train(page);
  await finished(page);
  await plan.getByRole('button', { name: 'What will this run need?' }).click();
  await expect(plan).toContainText(/24 rollouts in its steps: about .+ as the last such run here went/);
  // What was said is of these settings alone.
  await page.getByRole('radio', { name: /Unmasked/ }).check();
  await expect(plan.getByRole('listitem')).toHaveCount(0);
});

test('settings are found by words or by being changed, and reset one by one', async ({ page }) => {
  await open(page, '', '#learningRate=0.1&maxSteps=7');
  const side = page.getByRole('complementary');
  await side.getByText('All settings').click();
  const fields = side.locator('.settings .field');
  const all = await fields.count();
  await side.getByRole('searchbox', { name: 'Find a setting' }).fill('learning rate');
  await expect(side.getByLabel('Learning rate', { exact: true })).toBeVisible();
  expect(await fields.count()).toBeLessThan(all);
  await side.getByRole('searchbox', { name: 'Find a setting' }).fill('nothing is called this');
  await expect(side.getByText('No setting is like that.')).toBeVisible();
  await side.getByRole('searchbox', { name: 'Find a setting' }).fill('');
  await side.getByLabel('only changed ones').check();
  await expect(fields).toHaveCount(2);
  expect(await faults(page)).toEqual([]);
  await side.getByRole('button', { name: 'Reset Learning rate to the preset' }).click();
  await expect(page).toHaveURL(/#maxSteps=7$/);
  await expect(fields).toHaveCount(1);
});
