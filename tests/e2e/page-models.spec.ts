/** Models in the built page: downloads that are stopped, files of the visitor's, exports. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test, type Page } from 'playwright/test';
import { REPOSITORY } from '../../scripts/runtime/page';
import { DEFAULT_ENVIRONMENT, schemaOf } from '../../src/env/settings';
import { resolveSettings } from '../../src/settings/resolve';
import { FaultServer, type Behaviour } from '../support/fault-server';
import { randomModel, tinyGguf } from '../support/tiny-gguf';

const TINY = join(REPOSITORY, 'public', 'models', 'mailgym-tiny');
const BASE = '/owner/name/resolve/main';
const WEIGHTS = `${BASE}/model.safetensors`;
/** The first question is whether the file is there. */
const STALLS: readonly Behaviour[] = [{}, { stallAfter: 3_000_000 }];

const hub = new FaultServer();
let endpoint = '';
test.beforeAll(async () => (endpoint = await hub.start()));
test.afterAll(() => hub.stop());
test.beforeEach(() => {
  hub.reset();
  for (const name of readdirSync(TINY)) hub.files.set(`${BASE}/${name}`, readFileSync(join(TINY, name)));
});

/** A visitor who has agreed to reach the hub: what is asked before that is in locked.spec.ts. */
const agree = (page: Page) =>
  page.addInitScript(
    (text) => sessionStorage.setItem('mailgym-agreed', text),
    JSON.stringify([new URL(endpoint).origin]),
  );
const address = () =>
  `/open.html#preset=smoke&model=hub:owner/name&hubEndpoint=${encodeURIComponent(endpoint)}`;
const asked = () => hub.asked.filter((line) => line.startsWith(`GET ${WEIGHTS}`));

test('Stop ends a download at once, what came is kept, and Train goes on behind it', async ({ page }) => {
  hub.plan.set(WEIGHTS, [...STALLS]);
  await agree(page);
  await page.goto(address());
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/weights of hub:owner\/name/)).toBeVisible();
  await expect.poll(asked).toHaveLength(1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Stopped' })).toBeVisible();
  await expect(
    page.locator('.status-detail', { hasText: 'nothing to save. What was downloaded is kept' }),
  ).toBeVisible();
  await expect.poll(() => hub.leftBehind).toEqual([WEIGHTS]);
  await page.getByRole('button', { name: 'Train again' }).click();
  await expect(page.locator('.status-detail', { hasText: 'All steps are done.' })).toBeVisible({
    timeout: 300_000,
  });
  expect(asked()).toEqual([`GET ${WEIGHTS}`, expect.stringMatching(/ bytes=\d+-$/)]);
});

test('a page that is left takes its download with it', async ({ page }) => {
  hub.plan.set(WEIGHTS, [...STALLS]);
  await agree(page);
  await page.goto(address());
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(asked).toHaveLength(1);
  await page.close();
  await expect.poll(() => hub.leftBehind).toEqual([WEIGHTS]);
});

/** Lets files go over the page, as if they came from the desktop. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(
    ({ path, content }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(content)], path));
      return transfer;
    },
    { path: name, content: [...bytes] },
  );
  await page.locator('.model-zone').dispatchEvent('drop', { dataTransfer: data });
}

// The prompt of mail has 1928 tokens for the tokenizer of this model.
const STEP = 'preset=smoke&maxSteps=1&evalDatasetSize=1&maxSeqLength=2304';

test('a GGUF file is dropped, told, trained, exported, and must be chosen again after a reload', async ({
  page,
}) => {
  await page.goto(`#${STEP}`);
  await drop(page, 'holiday.gguf', new TextEncoder().encode('GIF89a, a picture with another name'));
  await expect(page.getByRole('alert')).toContainText('holiday.gguf: not a GGUF file');
  const gguf = await tinyGguf();
  await drop(page, 'random.gguf', gguf.subarray(0, gguf.length - 1000));
  await expect(page.getByRole('alert')).toContainText('random.gguf');
  await expect(page.getByRole('alert')).toContainText('truncated');
  await drop(page, 'random.gguf', gguf);
  const facts = page.getByRole('region', { name: 'About file:random.gguf' });
  await expect(facts).toContainText('llama');
  await expect(facts).toContainText('Q8_0, F32');
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });

  // Into a folder: the browser's own storage stands for one that the visitor chooses.
  await page.evaluate(() => {
    const pick = () => navigator.storage.getDirectory();
    Object.assign(window, { showDirectoryPicker: pick });
  });
  const panel = page.getByTestId('download');
  await panel.getByRole('button', { name: 'Export…' }).click();
  await panel.getByLabel('Export as').selectOption({ label: 'Whole model as safetensors, bf16' });
  await expect(panel.getByText(/^About \d/)).toBeVisible();
  await panel.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(panel.getByText(/^Written into/)).toBeVisible();
  const written = await page.evaluate(async () => {
    const found: Record<string, number> = {};
    const root = await navigator.storage.getDirectory();
    for await (const [name, entry] of root.entries()) {
      if (!name.endsWith('-safetensors')) continue;
      for await (const [path, file] of (entry as FileSystemDirectoryHandle).entries())
        found[path] = (await (file as FileSystemFileHandle).getFile()).size;
    }
    return found;
  });
  expect(Object.keys(written)).toEqual(
    expect.arrayContaining(['README.md', 'config.json', 'model.safetensors', 'tokenizer.json']),
  );
  expect(written['model.safetensors']).toBeGreaterThan(1.5 * gguf.length);

  // As a download, where the browser cannot write into folders.
  await page.evaluate(() => Object.assign(window, { showDirectoryPicker: undefined }));
  await panel.getByLabel('Export as').selectOption({ label: 'Adapter alone as GGUF, F16' });
  const download = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^[\w-]+-(final|best_model)\.gguf$/);
  expect(
    readFileSync(await file.path())
      .subarray(0, 4)
      .toString(),
  ).toBe('GGUF');

  await page.reload();
  await expect(
    page.getByText(/^The model random\.gguf is a file, which a page forgets/).first(),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
});

test('a folder of Hugging Face answers a question, and is exported as a zip', async ({ page }) => {
  await page.goto(`#${STEP}`);
  const folder = await randomModel(2);
  const answer = await page.evaluate(
    async ({ files, settings }) => {
      const { api } = window.mailgym!;
      const given = files.map(([path, bytes]) => ({
        path: `my/model/${path}`,
        content: new Blob([Uint8Array.from(bytes)]),
      }));
      const { model } = await api.openModel(given);
      const own = { ...settings, model };
      await api.run(own, () => undefined);
      const { outputDir } = own;
      const report = await api.evaluate(own, 'test', { outputDir, which: 'final' }, () => undefined);
      const task = { kind: 'dataset', id: report.perQuestion[0]!.id } as const;
      const { turns } = await api.ask(own, { task, temperature: 0, draw: 0 }, null, () => undefined);
      const request = { outputDir, which: 'final', format: 'onnx', type: 'q4' } as const;
      const said = await api.exportSize(request);
      const { file } = await api.exportModel(request, null, () => undefined);
      const zip = [...new Uint8Array(await file!.content.arrayBuffer())];
      return { model, turns: turns.length, said, zip, name: file!.name };
    },
    {
      files: [...folder].map(([path, bytes]): [string, number[]] => [path, [...bytes]]),
      settings: resolveSettings(
        { preset: 'smoke', flags: { maxSteps: '1', evalDatasetSize: '1' } },
        schemaOf(DEFAULT_ENVIRONMENT),
      ).settings,
    },
  );
  expect(answer).toMatchObject({ model: 'file:model', name: 'grpo_masked-final-onnx.zip' });
  expect(answer.turns).toBeGreaterThan(0);
  const files = unzipSync(Uint8Array.from(answer.zip));
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['config.json', 'onnx/model_q4.onnx']));
  // A zip tells the name of each file twice, beside what was said.
  expect(answer.said / answer.zip.length).toBeGreaterThan(0.95);
  expect(answer.said / answer.zip.length).toBeLessThan(1.05);
});
