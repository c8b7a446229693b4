/** `npm run setup`: readies what headless runs need, and says what it found or did. */
import { ensureBrowser } from './setup/browser';
import { ensureDriver } from './setup/driver';
import { SetupError } from './setup/system';

try {
  ensureBrowser(console.log);
  await ensureDriver(console.log);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
