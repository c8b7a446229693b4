/** The lock of the built page: what page, worker and a user's file can reach, and how a visitor opens it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from 'playwright/test';
import { REPOSITORY } from '../../scripts/runtime/page';
import { startOtherSite, type OtherSite } from '../support/other-site';

const TINY = join(REPOSITORY, 'public', 'models', 'mailgym-tiny');

let other: OtherSite;
test.beforeAll(async () => (other = await startOtherSite()));
test.afterAll(() => other.close());
test.beforeEach(() => void (other.asked.length = 0));

/** Opens the page; what its policy has refused is told at the end. */
async function open(page: Page, hash = ''): Promise<string[]> {
  const refused: string[] = [];
  page.on('pageerror', (error) => {
    throw error;
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(`/${hash}`);
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
  return refused;
}

/** To be called in a page or a worker: what becomes of a question to another site. */
const ask = (url: string) =>
  fetch(url).then(
    () => 'answered',
    () => 'refused',
  );

test('the page and its worker reach their own site and no other; a run breaks no rule', async ({ page }) => {
  const refused = await open(page, '#preset=smoke&maxSteps=1');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
  expect(refused).toEqual([]);

  const [worker] = page.workers();
  expect(worker?.url()).toMatch(/^blob:/);
  const { origin } = new URL(page.url());
  const [here, there] = [`${origin}/models/mailgym-tiny/config.json`, `${other.origin}/secret`];
  expect([await page.evaluate(ask, here), await worker!.evaluate(ask, here)]).toEqual([
    'answered',
    'answered',
  ]);
  expect([await page.evaluate(ask, there), await worker!.evaluate(ask, there)]).toEqual([
    'refused',
    'refused',
  ]);
  // The site itself answers anybody: it is the policy that refuses.
  expect(other.asked).toEqual([]);
  expect((await fetch(`${other.origin}/secret`)).status).toBe(404);
});

test('no script comes from text, from an address or from another site', async ({ page }) => {
  await open(page);
  const made = await page.evaluate((elsewhere) => {
    const attempt = (work: () => unknown): string => {
      try {
        work();
        return 'made';
      } catch {
        return 'refused';
      }
    };
    return {
      markup: attempt(() => (document.createElement('div').innerHTML = '<b>x</b>')),
      address: attempt(() => (document.createElement('script').src = 'data:text/javascript,1')),
      worker: attempt(() => new Worker('data:text/javascript,1')),
      served: attempt(() => new Worker(document.scripts[0]!.src)),
      policy: attempt(() =>
        (
          window as unknown as { trustedTypes: { createPolicy(n: string, r: object): void } }
        ).trustedTypes.createPolicy('other', {}),
      ),
      elsewhere: attempt(() => (document.createElement('script').src = elsewhere)),
    };
  }, `${other.origin}/a.js`);
  expect(new Set(Object.values(made))).toEqual(new Set(['refused']));
});

test('a user’s file says what it may do, and reaches nothing, not even the page’s own site', async ({
  page,
}) => {
  await open(page, '#preset=smoke');
  await expect(page.getByText(/It may compute, and nothing else/)).toBeVisible();
  const own = new URL(page.url()).origin;
  const told = await page.evaluate(
    async ([there, here]) => {
      const text = `
        const ask = (url) => fetch(url).then(() => 'answered', () => 'refused');
        const said = [await ask('${there}'), await ask('${here}')];
        throw new Error('It was ' + said.join(' and ') + '.');`;
      return window.mailgym!.openEnvironment('asks.ts', text).catch((error: Error) => error.message);
    },
    [`${other.origin}/secret`, `${own}/index.html`] as const,
  );
  expect(told).toContain('asks.ts:4 cannot be loaded: It was refused and refused.');
  expect(other.asked).toEqual([]);
});

const MODEL = '/models/elsewhere';

test('a link that names a model elsewhere asks first, reaches that site alone, and is locked again', async ({
  page,
}) => {
  for (const name of readdirSync(TINY)) other.files.set(`${MODEL}/${name}`, readFileSync(join(TINY, name)));
  const third = await startOtherSite();
  const hash = `#preset=smoke&maxSteps=1&model=${encodeURIComponent(other.origin + MODEL)}`;
  await open(page, hash);
  const { host } = new URL(other.origin);
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await expect(page.getByRole('heading', { name: `This would reach ${host}` })).toBeVisible();
  await expect(train).toBeDisabled();
  await expect(page.getByText('Nothing leaves this browser.')).toBeVisible();
  expect(other.asked).toEqual([]);

  await page.getByRole('button', { name: `Allow ${host}` }).click();
  await expect(page.getByRole('note')).toContainText(`This page may now reach ${host}, and its own site`);
  expect(page.url()).toContain('open.html');
  await expect(page.getByText('Nothing leaves this browser.')).toBeHidden();
  await expect(train).toBeEnabled();
  await train.click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
    timeout: 300_000,
  });
  expect(other.asked).toContain(`${MODEL}/config.json`);
  // It is no hole: a third site is refused here too, in the worker as well.
  const [worker] = page.workers();
  const there = `${third.origin}/secret`;
  expect([await page.evaluate(ask, there), await worker!.evaluate(ask, there)]).toEqual([
    'refused',
    'refused',
  ]);
  expect(third.asked).toEqual([]);
  await third.close();

  await page.getByRole('button', { name: 'Lock it again' }).click();
  await expect(page.getByRole('note')).toHaveCount(0);
  expect(page.url()).not.toMatch(/open\.html|model=/);
  expect(await page.evaluate(ask, `${other.origin}/secret`)).toBe('refused');
});

test('a link to the open document asks as well, and refused it is the locked one', async ({ page }) => {
  const refuse = async (): Promise<void> => {
    await page.getByRole('button', { name: 'No, stay with what is here' }).click();
    await page.waitForFunction(() => window.mailgym !== undefined);
  };
  await page.goto(`/open.html#preset=smoke&model=${encodeURIComponent(other.origin + MODEL)}`);
  await expect(page.getByRole('alertdialog')).toContainText('Nothing has been asked for yet');
  await refuse();
  expect(page.url()).not.toMatch(/open\.html|model=/);
  // With nothing that it would be needed for there is nothing to ask.
  await page.goto('/open.html#preset=smoke');
  await page.waitForFunction(() => window.mailgym !== undefined);
  expect(page.url()).not.toContain('open.html');
  expect(await page.evaluate(ask, `${other.origin}/secret`)).toBe('refused');
  expect(other.asked).toEqual([]);
});

test('a run file elsewhere is fetched once the visitor has agreed', async ({ page }) => {
  other.files.set('/a.zip', new TextEncoder().encode('no zip'));
  await open(page, `#run=${encodeURIComponent(`${other.origin}/a.zip`)}`);
  const offer = page.getByRole('region', { name: 'A link offers a run' });
  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  await expect(offer).toContainText(new URL(other.origin).host);
  expect(other.asked).toEqual([]);
  await offer.getByRole('button', { name: 'Fetch it' }).click();
  await page.waitForURL(/open\.html/);
  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  await expect(offer).toContainText('a.zip');
  await expect.poll(() => other.asked).toEqual(['/a.zip']);
});
