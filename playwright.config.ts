import { defineConfig } from 'playwright/test';
import { CHROMIUM_FLAGS } from './scripts/runtime/chromium';
import { ensureBrowser } from './scripts/setup/browser';

const PORT = 4173;

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
    baseURL: `http://localhost:${PORT}/`,
    launchOptions: {
      executablePath: ensureBrowser(() => undefined),
      args: [...CHROMIUM_FLAGS],
    },
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `npx tsx scripts/start.ts --port ${PORT}`,
    url: `http://localhost:${PORT}/`,
    timeout: 300_000,
    reuseExistingServer: false,
  },
});
