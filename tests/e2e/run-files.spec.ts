/** Runs in files: given to the page, and saved from it; with the stand-in for the worker. */
import { readdirSync, readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { expect, test, type Locator, type Page } from 'playwright/test';
import type { Settings } from '../../src/settings/settings';
import { useDevServer } from '../support/dev-server';
import { openMock, tab } from '../support/mock-page';
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
  await expect(panel(page).getByRole('listitem')).toContainText('photo.zip');
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
