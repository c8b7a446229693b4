import { defineConfig } from 'playwright/test';
import { CHROMIUM_FLAGS } from './scripts/runtime/chromium';
import { ensureBrowser } from './scripts/setup/browser';
import { E2E_PORT } from './tests/support/e2e-port';

// The built page in a real Chromium, with WebGPU in software where there is no GPU.
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // Software WebGPU wants all cores, and takes its time.
  workers: 1,
  fullyParallel: false,
  timeout: 600_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI === 'true',
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${E2E_PORT}/`,
    launchOptions: {
      executablePath: ensureBrowser(() => undefined),
      args: [...CHROMIUM_FLAGS],
    },
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `npx tsx scripts/start.ts --port ${E2E_PORT}`,
    url: `http://localhost:${E2E_PORT}/`,
    timeout: 300_000,
    reuseExistingServer: false,
  },
});
