/** The page where something is missing, by keyboard, on a phone and in both themes; with the stand-in for the worker. */
import { chromium, expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);

test('the page asks before it is closed during a run, and only then', async ({ page }) => {
  await open(page, 'speed=100', SMALL);
  const cancels = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(await cancels()).toBe(false);
  await train(page);
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  expect(await cancels()).toBe(true);
});

test('without WebGPU the page explains itself', async ({ page }) => {
  await open(page, 'device=none');
  await expect(page.getByRole('alert')).toContainText('does not offer WebGPU');
  await expect(page.getByRole('alert')).toContainText('Safari 26');
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await tab(page, 'Masked or not?');
  await expect(page.getByRole('region', { name: 'Unmasked' })).toContainText(/\d+ of \d+ tokens trained/);
});

test('a browser with WebGPU switched off gets the explanation from the real worker', async () => {
  const { executablePath } = test.info().project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-features=WebGPU,WebGPUService', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(base());
    await expect(page.getByRole('alert')).toContainText('WebGPU', { timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  } finally {
    await browser.close();
  }
});

test('without the worker, without the program, without JavaScript: never a blank page', async ({
  browser,
}) => {
  const dead = await browser.newPage();
  await dead.route('**/trainer.worker.ts*', (route) => route.abort());
  await dead.goto(base());
  await expect(dead.getByRole('alert')).toContainText('could not start', { timeout: 30_000 });
  await expect(dead.getByRole('alert')).toContainText('Reload');
  await dead.close();

  const blocked = await browser.newPage();
  await blocked.route('**/src/ui/main.ts*', (route) => route.abort());
  await blocked.goto(base());
  await expect(blocked.getByRole('alert')).toContainText('main.ts');
  await blocked.close();

  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(base());
  // In each language of the page.
  await expect(plain.locator('noscript p:not([lang])')).toBeVisible();
  await expect(plain.locator('noscript p[lang="zh-CN"]')).toBeVisible();
  await context.close();
});

test('everything that can be used has a name, and the tabs work by keyboard', async ({ page }) => {
  await open(page, 'speed=1', `${SMALL}&maxSteps=2`);
  await page.getByText('All settings').click();
  const nameless = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'button, input, select, summary, [role="tab"], [role="group"], [role="img"]',
      ),
    ]
      .filter((node) => {
        const labels =
          node instanceof HTMLInputElement || node instanceof HTMLSelectElement ? node.labels : null;
        const label = [...(labels ?? [])].map((one) => one.textContent).join('');
        return !(node.getAttribute('aria-label') ?? '') && !label && !node.textContent?.trim();
      })
      .map((node) => node.outerHTML.slice(0, 120)),
  );
  expect(nameless).toEqual([]);
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((node) => node.id));
  expect(new Set(ids).size).toBe(ids.length);
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');

  await page.getByRole('tab', { name: 'Training' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Trajectories' })).toBeFocused();
  await expect(page.getByRole('tab', { name: 'Trajectories' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('End');
  await expect(page.getByRole('tab', { name: 'Log' })).toHaveAttribute('aria-selected', 'true');
});

test('nothing is wider than a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
  await train(page);
  await finished(page);
  for (const name of [
    'Training',
    'Trajectories',
    'Masked or not?',
    'Runs',
    'Compare',
    'Ask',
    'Adapters & storage',
    'Log',
  ]) {
    await tab(page, name);
    if (name === 'Trajectories') await page.locator('.traj-item').first().click();
    if (name === 'Ask') {
      await page.getByLabel('and the bare model beside it').check();
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByText('Every token').nth(1).click();
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, name).toBeLessThanOrEqual(390);
  }
  await context.close();
});

/** WCAG relative luminance contrast of the text in view against what is behind it. */
test('text has enough contrast in both themes', async ({ browser }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
    await train(page);
    await finished(page);
    await tab(page, 'Trajectories');
    await page.locator('.traj-item').first().click();
    const poor = await page.evaluate(() => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      if (!canvas) throw new Error('no canvas');
      const over = (colours: string[]) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const luminance = (rgb: number[]) => {
        const [r = 0, g = 0, b = 0] = rgb.map((c) =>
          c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const found = new Set<string>();
      for (const node of document.querySelectorAll<HTMLElement>('body *')) {
        const own = [...node.childNodes].some((c) => c.nodeType === Node.TEXT_NODE && c.textContent?.trim());
        if (
          !own ||
          !node.checkVisibility({ opacityProperty: true }) ||
          node.closest('[aria-hidden], :disabled')
        )
          continue;
        const behind: string[] = [];
        for (let at: HTMLElement | null = node; at; at = at.parentElement) {
          behind.unshift(getComputedStyle(at).backgroundColor);
        }
        const a = luminance(over(behind)) + 0.05;
        const b = luminance(over([...behind, getComputedStyle(node).color])) + 0.05;
        const ratio = Math.max(a, b) / Math.min(a, b);
        if (ratio < 4.5) found.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
      }
      return [...found];
    });
    expect(poor, colorScheme).toEqual([]);
    await context.close();
  }
});
