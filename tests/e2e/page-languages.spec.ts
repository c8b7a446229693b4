/** The page in Chinese, with the stand-in for the worker (tests/mock/). */
import { expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';

const base = useDevServer();

async function open(page: Page, query: string, hash = ''): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`${base()}?mock=1&headless=1&${query}${hash}`);
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
}

const SMALL = 'preset=quick&evalSteps=3&saveSteps=3&evalDatasetSize=8&batchSize=2&numGenerations=4';
const languages = (page: Page) => page.locator('select.language');
const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

const VIEWS = [
  ...['训练', '轨迹', '要不要掩码？', '运行', '对比', '提问', '我的邮件', '适配器与存储', '日志'],
] as const;

test('everything is in Chinese, help and errors too, and the address keeps it', async ({ page }) => {
  await open(page, 'speed=5', `#lang=zh-CN&${SMALL}&maxSteps=4`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page).toHaveTitle('MailGym：在浏览器里训练邮件智能体');
  await expect(page.locator('.top-text')).toContainText('数据不会离开这个浏览器。');
  await expect(page.getByRole('button', { name: '开始训练', exact: true })).toBeEnabled();
  await expect(page.getByRole('heading', { name: '它是怎样学习的' })).toBeVisible();

  // A setting: its label, its help, and what is wrong with a value.
  await page.getByText('全部设置').click();
  const steps = page.getByRole('textbox', { name: '步数', exact: true });
  await page.getByRole('button', { name: '关于“步数”' }).click();
  await expect(page.locator('.field-help').filter({ hasText: '本次运行的训练步数' })).toBeVisible();
  await steps.fill('zero');
  await expect(page.getByText("maxSteps 为 'zero'；允许的值：1 到 1000000 的整数。")).toBeVisible();
  await steps.fill('4');

  await page.getByRole('button', { name: '开始训练', exact: true }).click();
  await expect(page.getByRole('heading', { name: '已完成' })).toBeVisible();
  await expect(page.getByRole('region', { name: '准确率', exact: true })).toContainText('答对的比例');
  await expect(
    page.getByRole('region', { name: '评测', exact: true }).getByRole('columnheader').first(),
  ).toHaveText('步');
  expect(new URL(page.url()).hash).toContain('lang=zh-CN');
});

test('switches while a run goes on, and nothing of the run is lost', async ({ page }) => {
  await open(page, 'speed=150', `#lang=zh-CN&${SMALL}&maxSteps=12`);
  await page.getByRole('button', { name: '开始训练', exact: true }).click();
  const reward = (name: string) => page.getByRole('tabpanel').getByRole('region', { name, exact: true });
  const values = async (name: string): Promise<number> => {
    const label = (await reward(name).getByRole('img').getAttribute('aria-label')) ?? '';
    return Number(/(\d+) (?:values|个值)/.exec(label)?.[1] ?? 0);
  };
  await expect.poll(() => values('奖励')).toBeGreaterThan(1);
  const before = await values('奖励');

  await languages(page).selectOption({ label: 'English' });
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(await values('Reward')).toBeGreaterThanOrEqual(before);
  expect(new URL(page.url()).hash).toContain('lang=en');
  await languages(page).selectOption({ label: '中文' });
  await expect(page.getByRole('button', { name: '停止', exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: '已完成' })).toBeVisible();
  await expect.poll(() => values('奖励')).toBe(12);

  // Remembered: the same page without a word about it in the address.
  await page.goto('about:blank');
  await open(page, 'speed=5');
  await expect(page.getByRole('button', { name: '开始训练', exact: true })).toBeVisible();
  expect(new URL(page.url()).hash).toBe('');
});

test('a failure of the worker is told in the language of the page, and told again after a switch', async ({
  page,
}) => {
  await open(page, 'speed=5', '#lang=zh-CN');
  const nothing = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no model') };
  await page.locator('#model-file').setInputFiles(nothing);
  const problem = page.getByRole('alert');
  await expect(problem.getByRole('heading')).toHaveText('无法使用这个模型。');
  await expect(problem).toContainText('notes.txt 中没有模型。请给出一个 GGUF 文件');
  await expect(problem).toContainText('请按上面的说明修改后再试');
  const chinese = (await problem.textContent()) ?? '';
  await languages(page).selectOption('en');
  await expect(problem.getByRole('heading')).toHaveText('This model cannot be used.');
  await expect(problem).toContainText('Among notes.txt there is no model.');
  await languages(page).selectOption('zh-CN');
  await expect(problem).toHaveText(chinese);
});

test.describe('a browser that prefers Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('begins in Chinese, and English when the address says so', async ({ page }) => {
    await open(page, 'speed=5');
    await expect(page.getByRole('button', { name: '开始训练', exact: true })).toBeVisible();
    expect(new URL(page.url()).hash).toBe('');
    await page.goto('about:blank');
    await open(page, 'speed=5', '#lang=en');
    await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeVisible();
    // Also in the open page, as when somebody edits the address.
    await page.evaluate(() => (location.hash = '#lang=zh-CN'));
    await expect(page.getByRole('button', { name: '开始训练', exact: true })).toBeVisible();
  });
});

for (const width of [1280, 390]) {
  test(`nothing is cut off at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page, 'speed=5', `#lang=zh-CN&${SMALL}&maxSteps=3`);
    await page.getByRole('button', { name: '开始训练', exact: true }).click();
    await expect(page.getByRole('heading', { name: '已完成' })).toBeVisible();
    for (const name of VIEWS) {
      await tab(page, name);
      const wide = await page.evaluate(() => {
        const isScrolled = (node: Element): boolean =>
          node.closest('.tabs, .table-scroll, .log, .tok-box, [class*="scroll"]') !== null;
        return [...document.querySelectorAll('button, label, h1, h2, h3, p, legend, summary, dt, dd, th')]
          .filter(
            (node) => node.checkVisibility() && !isScrolled(node) && !node.closest('.visually-hidden, .skip'),
          )
          .filter((node) => {
            const { left, right, width: own } = node.getBoundingClientRect();
            return own > 0 && (right > innerWidth + 1 || left < -1);
          })
          .map((node) => `${node.tagName} ${(node.textContent ?? '').slice(0, 40)}`);
      });
      expect(wide, name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name).toBe(true);
      const folder = process.env.MAILGYM_PICTURES;
      if (folder !== undefined) {
        await page.screenshot({ path: `${folder}/zh-${width}-${name}.png`, fullPage: true });
      }
    }
  });
}

test('no view has a fault in Chinese that axe finds', async ({ page }) => {
  await open(page, 'speed=5', `#lang=zh-CN&${SMALL}&maxSteps=3`);
  await page.getByRole('button', { name: '开始训练', exact: true }).click();
  await expect(page.getByRole('heading', { name: '已完成' })).toBeVisible();
  await page.addScriptTag({ path: 'node_modules/axe-core/axe.min.js' });
  for (const name of VIEWS) {
    await tab(page, name);
    await expect(page.getByRole('tabpanel', { name, exact: true })).toBeVisible();
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    });
    expect(violations, name).toEqual([]);
  }
});

test('the check of the device is in Chinese, its text for pasting in English, and the switch is there', async ({
  page,
}) => {
  await page.goto(`${base()}?mock=1&headless=1&check&device=none#lang=zh-CN`);
  await expect(page.getByRole('heading', { name: '检查这台设备' })).toBeVisible();
  await expect(page).toHaveTitle('检查这台设备');
  await expect(page.getByText('这台设备不能用于运行。')).toBeVisible();
  await expect(page.getByRole('listitem')).toContainText('WebGPU');
  await expect(page.getByRole('listitem')).toContainText('请');
  await expect(page.locator('pre')).toContainText('This device cannot be used for runs.');
  await languages(page).selectOption('en');
  await expect(page.getByRole('heading', { name: 'Check of this device' })).toBeVisible();
  expect(new URL(page.url()).hash).toBe('#lang=en');
  await languages(page).selectOption('zh-CN');
  await page.getByRole('link', { name: '回到页面', exact: true }).click();
  await expect(page.getByRole('button', { name: '开始训练', exact: true })).toBeVisible();
});
