/** A class: the second lesson by its one button, the conclusion, files that another browser opens. */
import { readFileSync } from 'node:fs';
import { expect, type Page } from 'playwright/test';
import { english } from '../../src/ui/texts/en';

/** As small as a comparison can be that still is one. */
export const CLASS_LINK =
  'preset=quick&maxSteps=3&evalSteps=3&evalDatasetSize=8&batchSize=2&numGenerations=4&lesson=mask.2';

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

/** The teacher's page, opened at {@link CLASS_LINK}: predict, press, wait, save both runs. */
export async function teach(
  page: Page,
  patience: number,
): Promise<{ readonly said: readonly string[]; readonly files: readonly string[] }> {
  const lesson = page.getByRole('region', { name: english.lessons.name.mask });
  await lesson.getByRole('radio').first().check();
  await lesson.getByRole('button', { name: english.lessonMask.steps.run.press, exact: true }).click();
  const explanation = lesson.getByRole('region', { name: english.lessons.explanation });
  await expect(explanation).toContainText('points', { timeout: patience });
  await expect(lesson.getByText(english.lessons.done)).toBeVisible();
  const first = await said(page);
  expect(first[0]).toContain('Masked');
  expect(first.some((label) => /masked.*3 values.*unmasked.*3 values/s.test(label))).toBe(true);

  await tab(page, 'Runs');
  const runs = page.getByRole('tabpanel', { name: 'Runs', exact: true });
  const files: string[] = [];
  for (const name of [/grpo_masked/, /grpo_rollout/]) {
    await runs.getByRole('table').getByRole('button', { name }).click();
    const arrives = page.waitForEvent('download');
    await runs
      .getByRole('region', { name: /^Run / })
      .getByRole('button', { name: /Run as one zip/ })
      .click();
    files.push(await (await arrives).path());
  }
  return { said: first, files };
}

/** A pupil's page, opened at the list of runs: the files are dropped in; answers what the page then says. */
export async function follow(page: Page, files: readonly string[]): Promise<readonly string[]> {
  const given = files.map((path, i) => ({
    name: `run-${i + 1}.zip`,
    mimeType: 'application/zip',
    buffer: readFileSync(path),
  }));
  await page.setInputFiles('#run-files', given);
  await expect(page.getByText('2 runs added.')).toBeVisible();
  return said(page);
}

/** Sentences and curves without the names of runs, which are those of the files for whoever opens them. */
export const withoutNames = (texts: readonly string[]): string[] =>
  texts.map((text) => text.replaceAll(/ · [\w.-]+/g, ''));
