/** A user's file on the built page: dropped or picked, trained, asked; and what is said of one that is no environment. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from 'playwright/test';

const countdown = await readFile(
  fileURLToPath(new URL('../../docs/examples/countdown.ts', import.meta.url)),
  'utf8',
);

async function open(page: Page, hash: string): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`/${hash}`);
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
}

/** As the browser tells the page of a file that was let go over it. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], fileName, { type: 'text/plain' }));
      return data;
    },
    [name, text] as const,
  );
  await page.dispatchEvent('.environment-zone', 'drop', { dataTransfer: transfer });
}

test('a dropped file trains, shows its rewards, is asked, and is to be given again', async ({ page }) => {
  await open(page, '#preset=smoke');
  await expect(page.getByText(/It runs in a worker of its own, without network/)).toBeVisible();
  await drop(page, 'countdown.ts', countdown);
  await expect(page.getByText('countdown.ts is added and chosen.')).toBeVisible();
  await expect(page.getByLabel('Task', { exact: true })).toHaveValue('countdown.ts');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished' })).toBeVisible({ timeout: 300_000 });
  const config = await page.evaluate(async () => {
    const { api } = window.mailgym!;
    const path = (await api.listFiles('')).find((one) => one.endsWith('/config.json'));
    return new TextDecoder().decode((await api.readFile(path ?? '')) ?? undefined);
  });
  expect(JSON.parse(config)).toMatchObject({ environment: 'countdown.ts', maxSteps: 2 });

  await page.getByRole('button', { name: 'Ask it a question' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Ask' });
  await expect(panel.getByText('Reach the number: 3,004 questions.')).toBeVisible();
  await panel.getByRole('button', { name: 'Another test question' }).click();
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.getByRole('article').locator('.ask-turn').first()).toBeVisible({ timeout: 120_000 });
  await expect(panel.getByRole('button', { name: 'Ask', exact: true })).toBeEnabled({ timeout: 120_000 });

  await page.reload();
  await page.waitForFunction(() => window.mailgym !== undefined);
  await expect(page.getByText(/“countdown.ts” is a file, which a page forgets/)).toBeVisible();
});

test('a file that is no environment is refused in words, and the page stays as it was', async ({ page }) => {
  await open(page, '#preset=smoke');
  await page.setInputFiles('#environment-file', {
    name: 'broken.ts',
    mimeType: 'text/plain',
    buffer: Buffer.from("\nthrow new Error('No luck.');"),
  });
  await expect(page.getByText('The file could not be used as a task.')).toBeVisible();
  await expect(page.getByText(/broken.ts:2 cannot be loaded: No luck/)).toBeVisible();
  await expect(page.getByLabel('Task', { exact: true })).toHaveValue('mail');
});
