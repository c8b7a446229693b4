/** Starting Chromium for headless runs, with WebGPU on whatever the machine has. */
import { chromium, type BrowserContext } from 'playwright';

/** Without a GPU, Chromium computes WebGPU in software (SwiftShader) under these flags. */
export const CHROMIUM_FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A hidden page must not be slowed down.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
] as const;

/** Further flags of this machine, separated by spaces: drivers for GPUs that the defaults do not reach. */
function extraFlags(): string[] {
  return (process.env.MAILGYM_BROWSER_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
}

/** @param profile folder that keeps compiled shaders and the browser's storage between runs */
export function launchChromium(executable: string, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    args: [...CHROMIUM_FLAGS, ...extraFlags()],
    // The page must be the one just built, not one that a service worker kept.
    serviceWorkers: 'block',
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
