/** The page in a frame of another site: with third-party storage blocked, and without an origin of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'playwright/test';
import { E2E_PORT } from '../support/e2e-port';

const HASH = '#preset=smoke&maxSteps=1';

/** A page of another site that shows ours; answers its address and how to end it. */
async function host(sandbox: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<!doctype html><title>Host</title><iframe title="gym" style="width:100%;height:90vh" src="http://localhost:${E2E_PORT}/${HASH}"${sandbox}></iframe>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** Third-party storage is blocked in the browsers that Playwright starts. */
test('in a frame of another site it trains in memory, and says so', async ({ page }) => {
  const site = await host('');
  try {
    await page.goto(site.url);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByText('This browser keeps nothing for this page')).toBeVisible();
    await frame.getByRole('button', { name: 'Train', exact: true }).click();
    await expect(frame.getByRole('heading', { name: 'Finished', exact: true })).toBeVisible({
      timeout: 300_000,
    });
    await frame.getByRole('tab', { name: 'Runs', exact: true }).click();
    await expect(frame.getByRole('tabpanel', { name: 'Runs' }).getByRole('table')).toContainText(
      'grpo_masked',
    );
  } finally {
    site.close();
  }
});

// Chromium counts no worker of such a frame as secure, and offers WebGPU in none: what shows, works.
test('in a frame without an origin it starts, says what is missing, and shows what needs no GPU', async ({
  page,
}) => {
  const site = await host(' sandbox="allow-scripts"');
  try {
    await page.goto(site.url);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByText('This browser keeps nothing for this page')).toBeVisible();
    await expect(frame.getByRole('alert')).toContainText('WebGPU');
    await frame.getByRole('tab', { name: 'Masked or not?' }).click();
    await expect(frame.getByRole('region', { name: 'Unmasked' })).toContainText(/\d+ of \d+ tokens trained/);
  } finally {
    site.close();
  }
});
