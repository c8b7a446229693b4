/** Models in the built page: downloads that are stopped. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { REPOSITORY } from '../../scripts/runtime/page';
import { FaultServer, type Behaviour } from '../support/fault-server';

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

const address = () => `#preset=smoke&model=hub:owner/name&hubEndpoint=${encodeURIComponent(endpoint)}`;
const asked = () => hub.asked.filter((line) => line.startsWith(`GET ${WEIGHTS}`));

test('Stop ends a download at once, what came is kept, and Train goes on behind it', async ({ page }) => {
  hub.plan.set(WEIGHTS, [...STALLS]);
  await page.goto(address());
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/weights of hub:owner\/name/)).toBeVisible();
  await expect.poll(asked).toHaveLength(1);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.poll(() => hub.leftBehind).toEqual([WEIGHTS]);
  await page.getByRole('button', { name: 'Train again' }).click();
  await expect(page.getByText('All steps are done.')).toBeVisible({ timeout: 300_000 });
  expect(asked()).toEqual([`GET ${WEIGHTS}`, expect.stringMatching(/ bytes=\d+-$/)]);
});

test('a page that is left takes its download with it', async ({ page }) => {
  hub.plan.set(WEIGHTS, [...STALLS]);
  await page.goto(address());
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(asked).toHaveLength(1);
  await page.close();
  await expect.poll(() => hub.leftBehind).toEqual([WEIGHTS]);
});
