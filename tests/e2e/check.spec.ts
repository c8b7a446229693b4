/** `?check`: what a visitor sees of the device, and pastes. */
import { expect, test } from 'playwright/test';

test('the page looks the device over, and its text can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./?check');
  await expect(page.getByRole('heading', { name: 'Check of this device' })).toBeVisible();
  const text = page.locator('pre');
  await expect(text).toContainText('This device can be trusted with runs.', { timeout: 300_000 });
  for (const part of ['MailGym ', 'adapter: ', 'maxBufferSize', 'qwen3-gspo: right', 'matrix product'])
    await expect(text).toContainText(part);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await text.textContent());
  // Nothing else of the page is there, and the way back is.
  await expect(page.locator('.side')).toHaveCount(0);
  await page.getByRole('link', { name: 'To the page', exact: true }).click();
  await expect(page.locator('.side')).toBeVisible();
});
