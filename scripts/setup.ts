/** `npm run setup`: readies what headless runs need, and says what it found or did. */
import { runCommand } from './runtime/command';
import { ensureBrowser } from './setup/browser';
import { ensureDriver } from './setup/driver';

const USAGE = `
Finds or installs a browser with WebGPU and a driver for Dawn in Node, and says what it found or did.

  npm run setup
`;

await runCommand(USAGE, async () => {
  ensureBrowser(console.log);
  await ensureDriver(console.log);
});
