/** The built page on a first visit: what is fetched and when, and that it then works without a network. */
import { expect, test, type Page } from 'playwright/test';
import { DIST, REPOSITORY } from '../../scripts/runtime/page';
import { serve } from '../../scripts/serve';

/** Presses Train as soon as that can be done. */
async function trainAtOnce(page: Page, url: string): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`${url}some/where/#preset=smoke&maxSteps=1`);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
}

test('Train pressed at once on a first visit: the page trains again without a network', async ({ page }) => {
  const site = await serve({ root: REPOSITORY, port: 0, mounts: new Map([['some/where', DIST]]) });
  await trainAtOnce(page, site.url);
  await page.getByRole('tab', { name: 'Adapters & storage' }).click();
  await expect(page.getByText('starts without a network from now on')).toBeVisible();
  await site.close();
  await page.reload();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('nothing is fetched that nobody uses, and the page’s own files are kept after the model has come', async ({
  page,
  context,
}) => {
  const site = await serve({ root: REPOSITORY, port: 0, mounts: new Map([['some/where', DIST]]) });
  const asked: { path: string; byServiceWorker: boolean }[] = [];
  context.on('request', (request) => {
    const byServiceWorker = request.serviceWorker() !== null;
    asked.push({ path: new URL(request.url()).pathname.replace('/some/where/', ''), byServiceWorker });
  });
  await trainAtOnce(page, site.url);
  await page.getByRole('tab', { name: 'Adapters & storage' }).click();
  await expect(page.getByText('starts without a network from now on')).toBeVisible();
  await site.close();
  const paths = asked.map(({ path }) => path);
  expect(paths.filter((path) => /ort-wasm|sqlite3-(worker1|opfs)/.test(path))).toEqual([]);
  const weights = paths.findIndex((path) => path.endsWith('model.safetensors'));
  const kept = asked.findIndex(({ path, byServiceWorker }) => byServiceWorker && path.endsWith('.css'));
  expect(weights).toBeGreaterThan(-1);
  expect(kept).toBeGreaterThan(weights);
});
