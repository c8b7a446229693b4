/** Runs in files: given to the page, and saved from it; with the stand-in for the worker. */
import { readdirSync, readFileSync } from 'node:fs';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test, type Locator, type Page } from 'playwright/test';
import type { Settings } from '../../src/settings/settings';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';
import { metricsOf, settingsOf } from '../support/records';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);
const panel = (page: Page): Locator => page.getByRole('tabpanel', { name: 'Runs', exact: true });
const FIXTURE = 'tests/fixtures/run-4e8ab61';

/** The zip of a run under a seed. */
function runZip(name: string, mode: 'masked' | 'rollout', seed: number, settings: Partial<Settings> = {}) {
  const steps = [1, 2, 3].map((step) =>
    metricsOf(step, { mode, maxSteps: 3, rewardMean: step * 0.1 + seed }),
  );
  const files = {
    'config.json': JSON.stringify(settingsOf({ mode, seed, maxSteps: 3, ...settings })),
    'metrics.jsonl': steps.map((one) => `${JSON.stringify(one)}\n`).join(''),
  };
  const content = zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])),
  );
  return { name, mimeType: 'application/zip', buffer: Buffer.from(content) };
}

test('a class’s thirty runs at once: good ones are added, a bad one is named; they compare and can be deleted', async ({
  page,
}) => {
  await open(page, 'speed=1', '#view=runs');
  const zips = Array.from({ length: 30 }, (_, i) =>
    runZip(`pupil ${i + 1}.zip`, i % 2 === 0 ? 'masked' : 'rollout', i >> 1),
  );
  const bad = { name: 'photo.zip', mimeType: 'application/zip', buffer: Buffer.from('x') };
  await page.setInputFiles('#run-files', [...zips, bad]);
  await expect(panel(page).getByText('30 runs added.')).toBeVisible();
  await expect(panel(page).getByText('1 file not used')).toBeVisible();
  await expect(panel(page).getByRole('listitem').filter({ hasText: 'photo.zip' })).toContainText(
    'zip archive',
  );
  const rows = panel(page).getByRole('table').locator('tbody tr');
  await expect(rows).toHaveCount(30);
  await expect(rows.first().getByText('imported')).toBeVisible();
  await panel(page).getByLabel('Filter').fill('pupil-3');
  await expect(rows).toHaveCount(2);
  await panel(page).getByLabel('Choose all runs shown').check();
  await panel(page).getByRole('button', { name: 'Delete these' }).click();
  await panel(page).getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(rows).toHaveCount(0);
  await panel(page).getByLabel('Filter').fill('');
  await expect(rows).toHaveCount(28);
  await tab(page, 'Compare');
  const compare = page.getByRole('tabpanel', { name: 'Compare' });
  // Pooled into two bands.
  const reward = compare.getByRole('region', { name: 'Reward', exact: true }).getByRole('img');
  await expect(reward).toHaveAttribute(
    'aria-label',
    /masked, 14 seeds: 3 values.*unmasked, 14 seeds: 3 values/,
  );
  // On other test tasks there is no comparison.
  await tab(page, 'Runs');
  await page.setInputFiles('#run-files', [runZip('other.zip', 'masked', 77, { evalDatasetSize: 5 })]);
  await expect(panel(page).getByText('1 run added.')).toBeVisible();
  await tab(page, 'Compare');
  const kinds = compare.getByRole('region', { name: 'These runs cannot be compared' });
  await expect(kinds.getByRole('listitem')).toHaveCount(2);
  await expect(reward).toHaveCount(0);
  await kinds.getByRole('button', { name: 'Show only these 28 runs' }).click();
  await expect(reward).toBeVisible();
});

test('the folder of a headless run is dropped in and opened', async ({ page }) => {
  await open(page, 'speed=1', '#view=runs');
  const files = readdirSync(FIXTURE, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.json/.test(path),
  );
  const entries = files.map((path) => [`mine/${path}`, readFileSync(`${FIXTURE}/${path}`, 'utf8')] as const);
  await panel(page)
    .locator('.runs-zone')
    .evaluate((node, given) => {
      const dataTransfer = new DataTransfer();
      const event = new DragEvent('drop', { bubbles: true, cancelable: true });
      const items = given.map(([path, text]) => ({
        kind: 'file',
        webkitGetAsEntry: () => ({
          isFile: true,
          fullPath: `/${path}`,
          file: (take: (file: File) => void) => take(new File([text], path.split('/').at(-1) ?? path)),
        }),
      }));
      Object.defineProperty(event, 'dataTransfer', { value: { ...dataTransfer, items } });
      node.dispatchEvent(event);
    }, entries);
  await expect(panel(page).getByText('1 run added.')).toBeVisible();
  const row = panel(page).getByRole('table').getByRole('row', { name: /mine/ });
  await row.getByRole('button', { name: /mine/ }).click();
  await expect(panel(page).getByText('Imported from mine.')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Open', exact: true }).click();
  const reward = page
    .getByRole('tabpanel', { name: 'Training' })
    .getByRole('region', { name: 'Reward', exact: true });
  await expect(reward.getByRole('img')).toHaveAttribute('aria-label', /mean: \d values/);
  // Its adapter is there, what only going on needs is not.
  await expect(page.getByRole('button', { name: 'Go on with this run' })).toHaveCount(0);
});

/** Trains a short run and opens its details. */
async function trained(page: Page): Promise<Locator> {
  await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
  await train(page);
  await finished(page);
  await tab(page, 'Runs');
  await panel(page)
    .getByRole('table')
    .getByRole('button', { name: /grpo_masked/ })
    .click();
  return panel(page).getByRole('region', { name: /^Run / });
}

async function saved(page: Page, press: () => Promise<void>): Promise<{ name: string; content: Buffer }> {
  const arrives = page.waitForEvent('download');
  await press();
  const file = await arrives;
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

test('a run is saved without texts, and another browser opens it with the same curves', async ({
  page,
  browser,
}) => {
  const details = await trained(page);
  await expect(details).toContainText('no question, no answer, no mail');
  const { name, content } = await saved(page, () =>
    details.getByRole('button', { name: /Run as one zip/ }).click(),
  );
  expect(name).toBe('grpo_masked.zip');
  const paths = Object.keys(unzipSync(content));
  expect(paths).toContain('metrics.jsonl');
  expect(paths.filter((path) => /trajectories|log\.jsonl|safetensors/.test(path))).toEqual([]);
  await details.getByLabel(/With questions, answers/).check();
  await expect(details).toContainText('Give it only to those who may read that mail');
  const whole = await saved(page, () => details.getByRole('button', { name: /Run as one zip/ }).click());
  expect(Object.keys(unzipSync(whole.content)).some((path) => path.startsWith('page/trajectories/'))).toBe(
    true,
  );

  const csv = await saved(page, () => details.getByRole('button', { name: 'Curves as CSV' }).click());
  expect(csv.content.toString().split('\r\n')[0]).toMatch(/^step,maxSteps,mode,/);
  const json = await saved(page, () => details.getByRole('button', { name: 'Curves as JSON' }).click());
  expect((JSON.parse(json.content.toString()) as { steps: unknown[] }).steps).toHaveLength(3);
  const lines = await saved(page, () =>
    details.getByRole('button', { name: 'Trajectories as JSONL' }).click(),
  );
  expect(JSON.parse(lines.content.toString().split('\n')[0] ?? '')).toMatchObject({ step: 1 });

  const described = (of: Page) =>
    of
      .getByRole('tabpanel', { name: 'Training' })
      .getByRole('region', { name: 'Reward', exact: true })
      .getByRole('img')
      .getAttribute('aria-label');
  await tab(page, 'Training');
  const curves = await described(page);
  const other = await (await browser.newContext()).newPage();
  // Behind an address: nothing is asked of the host before the visitor has said yes.
  const asked: string[] = [];
  await other.route('https://class.example/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ body: content, headers: { 'access-control-allow-origin': '*' } });
  });
  await open(
    other,
    'speed=1',
    `#run=${encodeURIComponent('https://class.example/grpo_masked.zip')}&run.bytes=2048`,
  );
  const offer = panel(other).getByRole('region', { name: 'A link offers a run' });
  await expect(offer).toContainText('class.example');
  await expect(offer).toContainText('2.0 KiB');
  expect(asked).toEqual([]);
  await offer.getByRole('button', { name: 'Fetch it' }).click();
  await expect(offer).toHaveCount(0);
  expect(asked).toEqual(['https://class.example/grpo_masked.zip']);
  await expect(other).not.toHaveURL(/run=/);
  await panel(other)
    .getByRole('table')
    .getByRole('button', { name: /grpo_masked/ })
    .click();
  await panel(other).getByRole('button', { name: 'Open', exact: true }).click();
  await expect.poll(() => described(other)).toBe(curves);
  await other.context().close();
});

test('a chart is saved as a picture and as numbers', async ({ page }) => {
  await trained(page);
  await tab(page, 'Training');
  const reward = page
    .getByRole('tabpanel', { name: 'Training' })
    .getByRole('region', { name: 'Reward', exact: true });
  await reward.getByRole('button', { name: 'Save the chart “Reward”' }).click();
  const as = (ending: string) =>
    saved(page, () => reward.getByRole('button', { name: `Save “Reward” as ${ending}` }).click());
  const svg = await as('SVG');
  expect(svg.content.toString()).toMatch(/^<svg [^]*<polyline [^]*<\/svg>\n$/);
  const png = await as('PNG');
  expect(png.name).toBe('Reward.png');
  expect(png.content.subarray(1, 4).toString()).toBe('PNG');
  // Two pixels for each of its points.
  expect(png.content.readUInt32BE(16)).toBe(1920);
  expect((await as('CSV')).content.toString()).toMatch(/^step,/);
});

for (const [width, colorScheme] of [
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const) {
  test(`runs and bands have no fault that axe finds, and fit: ${width} px, ${colorScheme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    await open(page, 'speed=1', '#view=runs&run=https://class.example/a.zip');
    const zips = [0, 1, 2, 3, 4, 5].map((i) =>
      runZip(`pupil ${i + 1}.zip`, i % 2 === 0 ? 'masked' : 'rollout', i >> 1),
    );
    await page.setInputFiles('#run-files', [
      ...zips,
      { name: 'x.zip', mimeType: '', buffer: Buffer.from('x') },
    ]);
    await expect(panel(page).getByText('6 runs added.')).toBeVisible();
    await panel(page).getByLabel('Group by').selectOption('mode');
    await panel(page)
      .getByRole('button', { name: /pupil-1/ })
      .click();
    for (const name of ['Runs', 'Compare']) {
      await tab(page, name);
      await page.addScriptTag({ path: 'node_modules/axe-core/axe.min.js' });
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
      });
      expect(violations, name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(
        width,
      );
      await page.screenshot({ path: test.info().outputPath(`${name}.png`), fullPage: true });
    }
    await context.close();
  });
}
