/** The built page with its real worker: model, mail, GPU, storage. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test, type Page } from 'playwright/test';
import { DIST, REPOSITORY } from '../../scripts/runtime/page';
import { serve } from '../../scripts/serve';
import type { RunEvent } from '../../src/grpo/types';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import { DEFAULT_ENVIRONMENT, schemaOf } from '../../src/env/settings';
import { resolveSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';

async function open(page: Page, address: string): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(address);
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
}

function smoke(flags: Record<string, string>): Settings {
  return resolveSettings({ preset: 'smoke', flags }, schemaOf(DEFAULT_ENVIRONMENT)).settings;
}

/** Runs without clicking; `stopAfter` asks to stop when that step's record comes. */
async function run(page: Page, settings: Settings, stopAfter = 0): Promise<RunEvent[]> {
  return page.evaluate(
    async ({ chosen, last }) => {
      const events: RunEvent[] = [];
      const api = window.mailgym!.api;
      await api.run(chosen, (event) => {
        if (event.kind !== 'trajectories') events.push(event);
        if (event.kind === 'step' && event.metrics.step === last) void api.stop();
      });
      return events;
    },
    { chosen: settings, last: stopAfter },
  );
}

/** Lines of metrics.jsonl without what depends on the clock. */
async function metrics(page: Page, outputDir: string): Promise<unknown[]> {
  const bytes = await page.evaluate(
    (path) => window.mailgym!.api.readFile(path),
    `${outputDir}/metrics.jsonl`,
  );
  if (bytes === null) throw new Error(`${outputDir} has no metrics.jsonl`);
  return new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      for (const field of CLOCK_FIELDS) delete record[field];
      return record;
    });
}

test('a run by clicking, its adapter as a download, and a question to it', async ({ page }) => {
  await open(page, '#preset=smoke');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /^Download adapter/ })
    .first()
    .click();
  const files = unzipSync(new Uint8Array(readFileSync(await (await download).path())));
  expect(Object.keys(files).sort()).toEqual([
    ...['adapter_config.json', 'adapter_model.safetensors', 'metadata.json', 'metrics.jsonl'],
  ]);
  const config = JSON.parse(strFromU8(files['adapter_config.json']!)) as Record<string, unknown>;
  expect(config).toMatchObject({ peft_type: 'LORA', r: 4, lora_alpha: 8 });
  expect(strFromU8(files['metrics.jsonl']!).trimEnd().split('\n')).toHaveLength(2);

  await page.getByRole('button', { name: 'Ask it a question' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Ask' });
  await expect(panel.getByText(/4,362 mails in 94 inboxes, 2,251 questions/)).toBeVisible();
  await panel.getByLabel('Question', { exact: true }).fill('Who leads the interview of Olga Rennard?');
  await expect(panel.getByLabel('Inbox to search')).toHaveValue('mark.daldale@acme.example');
  await panel.getByLabel('and the bare model beside it').check();
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.getByRole('article')).toHaveCount(2);
  // Two steps of training change next to nothing; what counts is that both converse and are judged.
  for (const answer of await panel.getByRole('article').all()) {
    await expect(answer.locator('.ask-turn').first()).toContainText('searches for', { timeout: 120_000 });
    await expect(answer.locator('.ask-gold')).toContainText('David Mardale', { timeout: 120_000 });
  }
  await expect(panel.getByRole('button', { name: 'Ask', exact: true })).toBeEnabled();
});

test('a question gets the answer that an evaluation gets', async ({ page }) => {
  await open(page, '');
  const { asked, evaluated } = await page.evaluate(
    async (settings) => {
      const { api } = window.mailgym!;
      const report = await api.evaluate(settings, 'test', null, () => undefined);
      const answers: (string | null)[] = [];
      for (const { id } of report.perQuestion) {
        const request = { task: { kind: 'dataset', id } as const, temperature: 0, draw: 0 };
        answers.push((await api.ask(settings, request, null, () => undefined)).answer);
      }
      return { asked: answers, evaluated: report.perQuestion.map(({ greedy }) => greedy) };
    },
    smoke({ maxTurns: '4', maxTokens: '64' }),
  );
  expect(asked).toEqual(evaluated);
  expect(asked.some((answer) => answer !== null)).toBe(true);
});

test('one seed, one result: twice the same, and the same again stopped and resumed', async ({ page }) => {
  await open(page, '');
  const at = (outputDir: string, resume = 'no') => smoke({ outputDir, resume, maxSteps: '3', seed: '5' });
  await run(page, at('whole'));
  await run(page, at('again'));
  const first = await run(page, at('parts'), 1);
  expect(first.at(-1)).toMatchObject({ kind: 'end', reason: 'stopped', step: 1 });
  await run(page, at('parts', 'latest'));
  const whole = await metrics(page, 'whole');
  expect(whole).toHaveLength(3);
  expect(await metrics(page, 'again')).toEqual(whole);
  expect(await metrics(page, 'parts')).toEqual(whole);
  const adapter = (outputDir: string) =>
    page.evaluate(
      (path) => window.mailgym!.api.readFile(path),
      `${outputDir}/final/adapter_model.safetensors`,
    );
  expect(await adapter('parts')).toEqual(await adapter('whole'));
});

test('below any path, without a network after the first run, nothing from elsewhere', async ({ page }) => {
  const mounts = new Map([['some/where', DIST]]);
  const site = await serve({ root: REPOSITORY, port: 0, mounts });
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.url))
      foreign.push(request.url());
  });
  const settings = smoke({ maxSteps: '1' });
  await open(page, `${site.url}some/where/`);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // Controls the page from now on, so that what the run fetches is kept.
    if (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
    }
  });
  await run(page, settings);
  const online = await metrics(page, settings.outputDir);
  await site.close();
  await page.reload();
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
  await run(page, settings);
  expect(await metrics(page, settings.outputDir)).toEqual(online);
  expect(foreign).toEqual([]);
});

test('two tabs: each run gets a folder of its own, and none is resumed or deleted under the other', async ({
  context,
}) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  await Promise.all([open(one, '#preset=smoke&seed=7'), open(two, '#preset=smoke&seed=8&mode=rollout')]);
  const folder = 'outputs/both';
  for (const page of [one, two]) {
    await page.evaluate((dir) => (location.hash += `&outputDir=${dir}&maxSteps=3`), folder);
  }
  const click = (page: Page) => page.getByRole('button', { name: 'Train', exact: true }).click();
  await Promise.all([click(one), click(two)]);
  const lockOf = (page: Page, dir: string) =>
    page.evaluate((path) => window.mailgym!.api.readFile(path), `${dir}/run.lock`);
  for (const dir of [folder, `${folder}-2`]) await expect.poll(() => lockOf(one, dir)).not.toBeNull();

  // Somebody who comes later is told, whatever is wanted of the folder.
  const third = await context.newPage();
  await open(third, '');
  await expect(run(third, smoke({ outputDir: folder, resume: 'latest' }))).rejects.toThrow(
    /outputs\/both is in use by a run in this browser/,
  );
  // What was refused is no run, between whose steps a question would wait.
  const asking = third.evaluate(
    (settings) =>
      window.mailgym!.api.ask(
        settings,
        { task: { kind: 'dataset', id: '' }, temperature: 0, draw: 0 },
        { outputDir: 'gone', which: 'final' },
        () => undefined,
      ),
    smoke({}),
  );
  await expect(asking).rejects.toThrow(/gone has no final/);
  await expect(
    third.evaluate((prefix) => window.mailgym!.api.removeFiles(prefix), `${folder}/`),
  ).rejects.toThrow(/is in use by a run in this browser/);

  for (const page of [one, two]) {
    await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
      timeout: 300_000,
    });
  }
  const modes = new Set<unknown>();
  for (const dir of [folder, `${folder}-2`]) {
    const lines = (await metrics(third, dir)) as { step: number; mode: string }[];
    expect(lines.map(({ step }) => step)).toEqual([1, 2, 3]);
    modes.add(lines[0]?.mode);
    expect(await lockOf(third, dir)).toBeNull();
  }
  expect(modes).toEqual(new Set(['masked', 'rollout']));
  // A tab that is closed in mid-run leaves its lock, which then counts no more.
  const fourth = await context.newPage();
  await open(fourth, '');
  void run(fourth, smoke({ outputDir: 'closed', maxSteps: '50' })).catch(() => undefined);
  await expect.poll(() => lockOf(third, 'closed')).not.toBeNull();
  await fourth.close();
  expect(await lockOf(third, 'closed')).not.toBeNull();
  // The browser frees a closed tab's locks when it has ended the tab's workers, which a busy machine takes a while for.
  const isHeld = () =>
    third.evaluate(async () =>
      ((await navigator.locks.query()).held ?? []).some(({ name }) => name?.endsWith('closed') === true),
    );
  await expect.poll(isHeld).toBe(false);
  await run(third, smoke({ outputDir: 'closed', maxSteps: '1' }));
  expect(await lockOf(third, 'closed')).toBeNull();
});
