/** How the page looks: themes, charts, presentation, paper; with the stand-in for the worker. */
import { expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);
const chart = (page: Page, name: string) =>
  page.getByRole('tabpanel', { name: 'Training' }).getByRole('region', { name, exact: true });

async function trained(page: Page, hash = `${SMALL}&maxSteps=12`): Promise<void> {
  await open(page, 'speed=1', hash);
  await train(page);
  await finished(page);
}

/** The pixels of a chart: what is drawn, not what is said. */
const drawn = (page: Page, name: string) =>
  chart(page, name)
    .locator('canvas')
    // As a number: what differs need not be read.
    .evaluate((canvas: HTMLCanvasElement) =>
      [...canvas.toDataURL()].reduce((sum, char) => (31 * sum + char.charCodeAt(0)) % 1_000_000_007, 0),
    );

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

test('a theme is chosen against the system’s, kept for the next visit, and charts follow it', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await trained(page);
  const dark = await background(page);
  const before = await drawn(page, 'Reward');
  await page.getByLabel('Theme').selectOption('light');
  expect(await background(page)).not.toBe(dark);
  await expect.poll(() => drawn(page, 'Reward')).not.toBe(before);
  await page.getByLabel('Theme').selectOption('contrast');
  expect(await background(page)).toBe('rgb(255, 255, 255)');
  await page.reload();
  await expect(page.getByLabel('Theme')).toHaveValue('contrast');
  // Set before the page's own program has run.
  expect(await background(page)).toBe('rgb(255, 255, 255)');
  await page.getByLabel('Theme').selectOption('system');
  expect(await background(page)).toBe(dark);
});

test('every theme is without a fault that axe finds', async ({ page }) => {
  await trained(page);
  for (const theme of ['light', 'dark', 'contrast']) {
    await page.getByLabel('Theme').selectOption(theme);
    await page.addScriptTag({ path: 'node_modules/axe-core/axe.min.js' });
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    });
    expect(violations, theme).toEqual([]);
    await page.screenshot({ path: test.info().outputPath(`${theme}.png`), fullPage: true });
  }
});

test('charts are smoothed, logarithmic and zoomed; the numbers beside them stay', async ({ page }) => {
  await trained(page);
  const entropy = chart(page, 'Entropy');
  const value = await entropy.locator('.chart-value').innerText();
  const plain = await drawn(page, 'Entropy');
  const loss = await drawn(page, 'Reward');

  await page.getByLabel('Smoothing').selectOption('5');
  await expect.poll(() => drawn(page, 'Entropy')).not.toBe(plain);
  await expect(entropy).toContainText('Drawn as the mean of 5 steps.');
  // The accuracy averages by itself.
  await expect(chart(page, 'Accuracy')).not.toContainText('Drawn as');
  await page.getByLabel('Smoothing').selectOption('1');
  await expect.poll(() => drawn(page, 'Entropy')).toBe(plain);

  await page.getByLabel('Scale').selectOption('log');
  await expect.poll(() => drawn(page, 'Entropy')).not.toBe(plain);
  // A reward may be negative: it stays as it was.
  expect(await drawn(page, 'Reward')).toBe(loss);
  await page.getByLabel('Scale').selectOption('linear');
  await expect.poll(() => drawn(page, 'Entropy')).toBe(plain);

  await entropy.locator('.u-over').scrollIntoViewIfNeeded();
  const box = await entropy.locator('.u-over').boundingBox();
  if (box === null) throw new Error('no chart');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 30, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await expect.poll(() => drawn(page, 'Entropy')).not.toBe(plain);
  // Equal steps stand at equal places: the others show the same part.
  await expect.poll(() => drawn(page, 'Reward')).not.toBe(loss);
  await page.getByRole('button', { name: 'Whole run' }).click();
  await expect.poll(() => drawn(page, 'Entropy')).toBe(plain);
  expect(await entropy.locator('.chart-value').innerText()).toBe(value);
});

test('a curve of one value is a dot', async ({ page }) => {
  await trained(page, `${SMALL}&maxSteps=1&warmStartEpisodes=4&warmStartBatchSize=4&warmStartEpochs=1`);
  const warm = page.getByRole('tabpanel', { name: 'Training' }).locator('.chart').first();
  const coloured = await warm.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let n = 0;
    // Strong colour, which neither grid nor letters have.
    for (let i = 0; i < data.length; i += 4)
      if (
        (data[i + 3] ?? 0) > 200 &&
        Math.max(data[i]!, data[i + 1]!, data[i + 2]!) - Math.min(data[i]!, data[i + 1]!, data[i + 2]!) > 60
      )
        n++;
    return n;
  });
  expect(coloured).toBeGreaterThan(10);
});

test('presentation by one key: large type, three charts, nothing to set', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await trained(page);
  const size = () =>
    page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const before = await size();
  await page.keyboard.press('p');
  await expect(page.locator('.chart:visible')).toHaveCount(3);
  await expect(page.locator('.side')).toBeHidden();
  expect(await size()).toBeGreaterThanOrEqual(1.5 * before);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1920);
  await page.screenshot({ path: test.info().outputPath('presentation.png') });
  await page.keyboard.press('Escape');
  await expect(page.locator('.side')).toBeVisible();
  // What is typed is no command.
  await tab(page, 'Runs');
  await page.getByLabel('Filter').fill('p');
  await page.getByLabel('Filter').press('p');
  await expect(page.locator('.side')).toBeVisible();
});

test('on paper there are charts and tables, and nothing to press', async ({ page }) => {
  await trained(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.side')).toBeHidden();
  await expect(page.locator('.tabs')).toBeHidden();
  await expect(chart(page, 'Reward')).toBeVisible();
  await expect(page.locator('button:visible')).toHaveCount(0);
});

test('in the system’s own colours cards and the open tab can be told apart', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await trained(page);
  const edge = (selector: string, property: 'borderTopStyle' | 'outlineStyle') =>
    page
      .locator(selector)
      .first()
      .evaluate((node, name) => getComputedStyle(node)[name], property);
  expect(await edge('.chart', 'borderTopStyle')).toBe('solid');
  expect(await edge('.tabs [aria-selected="true"]', 'outlineStyle')).toBe('solid');
  await page.screenshot({ path: test.info().outputPath('forced.png') });
});

test('while it trains the screen stays awake, and at the end a hidden page tells', async ({ page }) => {
  await page.addInitScript(() => {
    const held = { now: 0, notices: [] as string[] };
    Object.assign(window, { held });
    Object.defineProperty(navigator, 'wakeLock', {
      value: {
        request: () => {
          held.now++;
          return Promise.resolve({ released: false, release: () => Promise.resolve(void held.now--) });
        },
      },
    });
    class Notice {
      static permission = 'default';
      static requestPermission() {
        Notice.permission = 'granted';
        return Promise.resolve('granted');
      }
      constructor(title: string, { body }: { body: string }) {
        held.notices.push(`${title}: ${body}`);
      }
    }
    Object.assign(window, { Notification: Notice });
  });
  await open(page, 'speed=300', `${SMALL}&maxSteps=2`);
  type Held = { held: { now: number; notices: string[] } };
  const held = () => page.evaluate(() => (window as unknown as Held).held);
  await train(page);
  await expect.poll(async () => (await held()).now).toBe(1);
  await page.getByRole('button', { name: 'Tell me when it ends' }).click();
  await expect(page.getByRole('button', { name: 'Tell me when it ends' })).toHaveCount(0);
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
  await expect.poll(async () => (await held()).notices.length, { timeout: 60_000 }).toBe(1);
  expect((await held()).notices[0]).toMatch(/^Finished · MailGym: All steps are done\./);
  expect((await held()).now).toBe(0);
});

test('the table of runs needs no scrolling at 1280 pixels', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await trained(page);
  await tab(page, 'Runs');
  const table = page.getByRole('tabpanel', { name: 'Runs' }).locator('.table-scroll');
  const over = await table.evaluate((node) => node.scrollWidth - node.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  await context.close();
});
