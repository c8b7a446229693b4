/** The page with the stand-in for the worker, and what most of its tests press. */
import { expect, type Page } from 'playwright/test';

/** Opens the page; any error in it fails the test. */
export async function openMock(base: string, page: Page, query: string, hash = ''): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`${base}?mock=1&headless=1&${query}${hash}`);
  await page.evaluate(() => window.mailgym?.ready);
}

export const train = (page: Page) => page.getByRole('button', { name: 'Train', exact: true }).click();
/** Sizes of a short run: which are evaluated and saved is known, whatever a preset says. */
export const SMALL = '#preset=quick&evalSteps=3&saveSteps=3&evalDatasetSize=8&batchSize=2&numGenerations=4';
export const finished = (page: Page) =>
  expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({ timeout: 60_000 });
export const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();
