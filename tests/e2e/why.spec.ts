/**
 * Seeing why, with the stand-in for the worker: from a point of a curve to the step, its groups, its tokens, the tree that is
 * trained, one token's update; filters; the same question while it learns; recorded runs without a graphics card.
 */
import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);

/** Faults of accessibility, in words. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

async function trained(page: Page, steps = 6): Promise<void> {
  await open(page, 'speed=5', `${SMALL}&maxSteps=${steps}`);
  await train(page);
  await finished(page);
}

test('a point of a curve leads to its step: numbers, groups with their reasons, the tokens that moved most', async ({
  page,
}) => {
  await trained(page);
  const plot = page.getByRole('tabpanel').getByRole('region', { name: 'Reward' }).locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('The chart has no plot.');
  // The axis goes from 0 to 6, so that step 3 stands in the middle.
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.getByRole('tab', { name: 'Trajectories' })).toHaveAttribute('aria-selected', 'true');
  const card = page.getByRole('region', { name: 'Step 3', exact: true });
  await expect(card).toContainText('Groups kept');
  await expect(page.getByLabel('Step whose trajectories are shown')).toHaveValue('3');
  expect(await faults(page)).toEqual([]);

  // By keyboard the same way goes by a list.
  await tab(page, 'Training');
  await page.getByLabel('See why, step').selectOption('5');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Step 5', exact: true })).toBeVisible();
});

test('dropped groups say why, and a step that was not kept says so', async ({ page }) => {
  await trained(page, 60);
  await page.getByLabel('See why, step').selectOption('1');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Step 1', exact: true })).toContainText('were not kept');
  const steps = page.getByLabel('Step whose trajectories are shown');
  const reasons: string[] = [];
  for (const option of await steps.locator('option').allTextContents()) {
    if (!/^\d+$/.test(option)) continue;
    await steps.selectOption(option);
    reasons.push(...(await page.locator('.traj-group .tag').allTextContents()));
  }
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatch(/^dropped: /);
});

test('a moved token opens with all its numbers and its update as a picture that can be saved', async ({
  page,
}) => {
  await trained(page);
  await tab(page, 'Trajectories');
  const moved = page.locator('.moved button');
  await expect(moved.first()).toBeVisible();
  await moved.first().click();
  const panel = page.locator('.token-panel');
  for (const name of [
    'id',
    'mask',
    'advantage',
    'log-prob',
    'at the update',
    'reference',
    'after the step',
    'ratio',
  ])
    await expect(panel.getByText(name, { exact: true })).toBeVisible();
  await expect(panel.getByText('share of the gradient')).toBeVisible();

  // Logits are read for a few tokens, which its conversation names.
  const table = page.getByText('All numbers of its tokens, as a table');
  await table.click();
  const rows = page.locator('.token-table tbody tr');
  await expect(rows.first()).toBeVisible();
  const first = await rows.first().innerText();
  await page.getByLabel('Also tokens that were not trained').check();
  // The prompt's tokens come before the first that was trained.
  await expect(rows.first()).not.toHaveText(first, { useInnerText: true });
  await expect(page.getByRole('columnheader', { name: 'Share of the gradient' })).toBeVisible();

  await page.locator('.pictured button').first().click();
  const picture = page.locator('.update-picture');
  await expect(picture.getByRole('img')).toHaveAttribute('aria-label', /How the step changed token/);
  expect(await faults(page)).toEqual([]);
  const arrives = page.waitForEvent('download');
  await picture.getByRole('button', { name: 'Save as SVG' }).click();
  const file = await arrives;
  expect(file.suggestedFilename()).toBe('token-update.svg');
  const svg = readFileSync(await file.path(), 'utf8');
  expect(svg).toContain('Push by this token');
  expect(svg).not.toContain('var(');
});

test('a group as the tree that is trained: what is shared stands once', async ({ page }) => {
  await trained(page);
  await tab(page, 'Trajectories');
  await page.locator('.traj-item').first().click();
  await page.getByText('This group as the tree that is trained').click();
  const tree = page.locator('.tree');
  await expect(tree.getByText('Shared by all 4 rollouts.')).toHaveCount(1);
  await expect(tree.locator('.tree-end')).toHaveCount(4);
  // The prompt stands in the first stretch alone.
  expect(await tree.locator('.tok', { hasText: 'maya' }).count()).toBe(1);
  await tree.locator('.tree-end').last().click();
  await expect(page.locator('.traj-item[aria-current="true"]')).toHaveCount(1);
});

test('rollouts are found by words, verdict, group, advantage, level and faults of tools', async ({
  page,
}) => {
  await trained(page);
  await tab(page, 'Trajectories');
  const items = page.locator('.traj-item');
  const all = await items.count();
  await page.getByLabel('Verdict').selectOption('right');
  await expect.poll(() => items.count()).toBeLessThan(all);
  const right = await items.count();
  await page.getByLabel('Verdict').selectOption('wrong');
  await expect.poll(async () => (await items.count()) + right).toBe(all);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('search').getByLabel('Advantage').selectOption('up');
  await expect(page.locator('.advantage-down')).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(items).toHaveCount(all);
  await page.getByLabel('Words in question, conversation or answer').fill('nothing says this');
  await expect(page.getByText('No rollout of this step matches the filter.')).toBeVisible();
  await page.getByLabel('Words in question, conversation or answer').fill('FERNHILL mailbox');
  await expect(items.first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^step \d+: \d+$/ }).first()).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test('the same question is answered side by side while it learns, and is there when the run is opened again', async ({
  page,
}) => {
  await open(page, 'speed=5&keep=1', `${SMALL}&maxSteps=12`);
  await train(page);
  const columns = page.locator('.followed-column');
  await expect(columns.first()).toBeVisible();
  await finished(page);
  const names = ['At the start', 'After step 4', 'After step 8', 'After step 12'];
  await expect(columns.locator('h4')).toHaveText(names);
  expect(await faults(page)).toEqual([]);

  await page.getByRole('button', { name: 'List other questions' }).click();
  const choice = page.getByLabel('Question to follow');
  await expect(choice.locator('option')).not.toHaveCount(1);
  await page.reload();
  await page.evaluate(() => window.mailgym?.ready);
  await tab(page, 'Runs');
  await page.locator('.runs-table .link').first().click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.locator('.followed-column h4')).toHaveText(names);
});

test('in Chinese as well', async ({ page }) => {
  await open(page, 'speed=5', `${SMALL}&maxSteps=6&lang=zh-CN`);
  await page.getByRole('button', { name: '开始训练', exact: true }).click();
  await expect(page.locator('.followed-column').first()).toContainText('开始时');
  await page.getByRole('tab', { name: '轨迹', exact: true }).click();
  await expect(page.locator('.step-card h3')).toHaveText(/第 \d 步/);
  await expect(page.locator('.moved button').first()).toContainText(/可能/);
  await page.locator('.traj-item').first().click();
  await page.getByText('这个组作为实际训练的树').click();
  await expect(page.locator('.tree-head').first()).toContainText('全部 4 条采样轨迹共有');
  expect(await faults(page)).toEqual([]);
});

test('recorded runs show every view without a graphics card, and are fetched when they are opened', async ({
  page,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/recorded/') && request.url().endsWith('.zip')) fetched.push(request.url());
  });
  await open(page, 'device=none');
  const panel = page.getByRole('region', { name: 'Recorded runs' });
  await expect(panel).toBeVisible();
  expect(fetched).toEqual([]);
  await panel.getByRole('button', { name: 'Masked', exact: true }).click();
  const opened = page.getByRole('region', { name: 'Run that was opened again' });
  await expect(opened).toContainText('A recorded run, made on');
  expect(fetched).toHaveLength(1);
  await expect(page.getByRole('region', { name: 'Evaluations' }).getByRole('row')).toHaveCount(4);
  await expect(page.locator('.followed-column')).toHaveCount(4);
  await page.getByLabel('See why, step').selectOption('2');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.locator('.moved button').first().click();
  await expect(page.locator('.token-panel')).toContainText('share of the gradient');
  await tab(page, 'Masked or not?');
  await expect(page.locator('.mask-column')).toHaveCount(2);
  await tab(page, 'Runs');
  await expect(page.locator('.runs-table').getByText('recorded', { exact: true })).toHaveCount(1);
  await page
    .getByRole('region', { name: 'Recorded runs' })
    .getByRole('button', { name: 'Compare all three' })
    .click();
  await expect(page.locator('.run-list li')).toHaveCount(3);
  expect(fetched).toHaveLength(3);
  await expect(page.getByRole('tabpanel').locator('canvas').first()).toBeVisible();
  expect(await faults(page)).toEqual([]);
});
