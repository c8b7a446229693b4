/** A user's file on the built page: dropped or picked, trained, asked; and what is said of one that is no environment. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from 'playwright/test';
import { FAULTY, TWICE } from '../support/faulty-environment';

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
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
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

/** The run's index, after every file that it names was held against its checksum. */
async function intactIndex(page: Page): Promise<string> {
  const { index, damaged } = await page.evaluate(async () => {
    const { api } = window.mailgym!;
    const indexPath = (await api.listFiles('')).find((path) => path.endsWith('/runs.json')) ?? '';
    const index = new TextDecoder().decode((await api.readFile(indexPath)) ?? undefined);
    const { files } = JSON.parse(index) as {
      files: Record<string, { bytes: number; sha256: string } | null>;
    };
    const damaged: string[] = [];
    for (const [path, record] of Object.entries(files)) {
      const bytes = await api.readFile(indexPath.replace('runs.json', path));
      // A log may have grown since; its record is of what it was.
      const sum = await crypto.subtle.digest('SHA-256', (bytes ?? new Uint8Array()).slice(0, record?.bytes));
      const hex = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      if (record === null || hex !== record.sha256) damaged.push(path);
    }
    return { index, damaged };
  });
  expect(damaged).toEqual([]);
  return index;
}

test('a tool that throws, one that loops, one that never answers, a reward that is NaN: each in words', async ({
  page,
}) => {
  await open(page, '#preset=smoke');
  await drop(page, 'faulty.ts', FAULTY);
  await expect(page.getByText('faulty.ts is added and chosen.')).toBeVisible();
  const settings = { toolTimeout: '1', batchSize: '4', maxSteps: '1', seed: '42' };
  await page.evaluate((values) => {
    const params = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of Object.entries(values)) params.set(name, value);
    location.hash = params.toString();
  }, settings);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
  await page.getByRole('tab', { name: 'Log', exact: true }).click();
  const log = page.getByRole('tabpanel', { name: 'Log' });
  await expect(log).toContainText('The reward "odd" of task "nan" is NaN; a reward is a finite number');
  const index = await intactIndex(page);
  expect(index).toContain('final/adapter_model.safetensors');

  const answers = await page.evaluate(async () => {
    const { api } = window.mailgym!;
    const config = (await api.listFiles('')).find((path) => path.endsWith('/config.json')) ?? '';
    const settings = JSON.parse(new TextDecoder().decode((await api.readFile(config)) ?? undefined));
    const asked = [];
    for (const id of ['throws', 'hangs', 'waits', 'nan']) {
      const answer = await api.ask(
        settings,
        { task: { kind: 'dataset', id }, temperature: 0, draw: 0 },
        null,
        () => undefined,
      );
      asked.push({
        said: answer.turns.flatMap((turn) => turn.results.map(({ content }) => content)).join(),
        end: answer.endReason,
      });
    }
    return asked;
  });
  const late = { said: '{"error":"search_emails: no result within 1 seconds."}', end: 'tool-timeout' };
  expect(answers[0]?.said).toContain('{"error":"search_emails: Not today."}');
  expect(answers.slice(1, 3)).toEqual([late, late]);
  expect(answers[3]?.end).toBe('unscorable');

  // Two tools of one name: refused, and the run before stays as it was.
  await drop(page, 'twice.ts', TWICE);
  await expect(page.getByText('twice.ts is added and chosen.')).toBeVisible();
  await page.getByRole('button', { name: /^Train( again)?$/ }).click();
  await expect(page.getByRole('alert')).toContainText(
    'made the tool “Searches.”, but did not return it. Two tools of one name?',
  );
  expect(await intactIndex(page)).toBe(index);
});
