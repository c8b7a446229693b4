/** A class in one test, on the real thing: the second lesson by its one button, the conclusion, files that another browser opens. */
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from 'playwright/test';
import { english } from '../../src/ui/texts/en';

// As small as a comparison can be that still is one: software WebGPU takes a minute or two for it.
const SIZES = 'preset=quick&maxSteps=3&evalSteps=3&evalDatasetSize=8&batchSize=2&numGenerations=4';

async function open(page: Page, hash: string): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`#${hash}`);
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

/** What the conclusion and every curve under “Compare” say. */
async function said(page: Page): Promise<readonly string[]> {
  await tab(page, 'Compare');
  const compare = page.getByRole('tabpanel', { name: 'Compare' });
  const conclusion = compare.getByRole('region', { name: english.conclusion.title });
  await expect(conclusion).toBeVisible();
  const charts = compare.locator('.charts').getByRole('img');
  await expect(charts.first()).toBeVisible();
  const labels = await charts.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  return [(await conclusion.textContent()) ?? '', ...labels];
}

test('a class: open, lesson 2, one button, conclusion, share; a second browser sees the same', async ({
  page,
  browser,
}) => {
  await open(page, `${SIZES}&lesson=mask.2`);
  const lesson = page.getByRole('region', { name: english.lessons.name.mask });
  await lesson.getByRole('radio').first().check();
  await lesson.getByRole('button', { name: english.lessonMask.steps.run.press, exact: true }).click();
  const explanation = lesson.getByRole('region', { name: english.lessons.explanation });
  await expect(explanation).toContainText('points', { timeout: 500_000 });
  await expect(lesson.getByText(english.lessons.done)).toBeVisible();
  const first = await said(page);
  expect(first[0]).toContain('Masked');
  expect(first.some((label) => /masked.*3 values.*unmasked.*3 values/s.test(label))).toBe(true);

  await tab(page, 'Runs');
  const runs = page.getByRole('tabpanel', { name: 'Runs', exact: true });
  const files: { name: string; mimeType: string; buffer: Buffer }[] = [];
  for (const name of ['grpo_masked', 'grpo_rollout']) {
    await runs.getByRole('table').getByRole('button', { name, exact: true }).click();
    const arrives = page.waitForEvent('download');
    await runs
      .getByRole('region', { name: /^Run / })
      .getByRole('button', { name: /Run as one zip/ })
      .click();
    const file = await arrives;
    files.push({
      name: file.suggestedFilename(),
      mimeType: 'application/zip',
      buffer: readFileSync(await file.path()),
    });
  }

  const context = await browser.newContext({ baseURL: new URL('/', page.url()).href });
  const pupil = await context.newPage();
  await open(pupil, 'view=runs');
  await pupil.setInputFiles('#run-files', files);
  await expect(pupil.getByText('2 runs added.')).toBeVisible();
  expect(await said(pupil)).toEqual(first);
  await context.close();
});
