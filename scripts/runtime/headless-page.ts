/** The built page in a headless Chromium, with its worker's interface on this side. */
import { MailGymError, type ErrorName } from '../../src/errors';
import { errorFrom } from '../../src/errors/transport';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import type { RunEvent } from '../../src/grpo/types';
import { nodeDownloads } from '../../src/engine/files/open-node';
import { isRunning } from '../../src/run/stores/running-node';
import type { Settings } from '../../src/settings/settings';
import type {
  DeviceCheck,
  DeviceReport,
  EvaluationReport,
  NamedFile,
  RunResult,
  TrainerApi,
  VerifySource,
} from '../../workers/api';
import { serve, type Site } from '../serve';
import { ensureBrowser } from '../setup/browser';
import type { Log } from '../setup/system';
import { launchChromium } from './chromium';
import { environmentText } from './environment-file';
import { DIST, ensurePage, REPOSITORY } from './page';

/** The page, its browser, or something in it broke. */
export class BrowserError extends MailGymError {
  override name: ErrorName = 'BrowserError';
}

/** What the page puts on `window`, as far as it is used here; src/ui/main.ts defines it. */
interface PageWindow {
  readonly mailgym?: {
    readonly api: TrainerApi;
    readonly ready: Promise<void>;
    openEnvironment(name: string, text: string): Promise<void>;
  };
  mailgymEvent(event: string): Promise<void>;
}
declare const window: PageWindow;
declare const sessionStorage: { setItem(key: string, value: string): void };

/** Milliseconds until the page must have found its device; software devices are slow to start. */
const START_TIMEOUT = 180_000;

export class HeadlessPage {
  readonly #site: Site;
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #profile: Profile;
  /** Rejects when the page or browser dies, which a pending call would never tell. */
  readonly #broken: Promise<never>;
  #onEvent: (event: RunEvent) => void = () => undefined;

  /**
   * @param mounts folders served into the page, such as `models/mine`
   * @param reach sources beside its own site that the page is opened for: whoever names a model agrees to its site
   */
  static async open(
    mounts: ReadonlyMap<string, string>,
    log: Log,
    reach: readonly string[] = [],
  ): Promise<HeadlessPage> {
    const executable = ensureBrowser(log);
    await ensurePage(log);
    const site = await serve({ root: DIST, port: 0, mounts });
    const profile = new Profile();
    let context: BrowserContext | null = null;
    try {
      context = await launchChromium(executable, profile.path);
      const page = context.pages()[0] ?? (await context.newPage());
      const headless = new HeadlessPage(site, context, page, profile);
      await headless.#start(reach);
      return headless;
    } catch (error) {
      await context?.close().catch(() => undefined);
      await site.close();
      profile.release();
      throw error;
    }
  }

  private constructor(site: Site, context: BrowserContext, page: Page, profile: Profile) {
    this.#site = site;
    this.#context = context;
    this.#page = page;
    this.#profile = profile;
    const heard: string[] = [];
    this.#broken = new Promise((_, reject) => {
      const fail = (what: string) => {
        const last = heard.length > 0 ? ` Last messages of the page: ${heard.join(' | ')}` : '';
        reject(new BrowserError(`${what}${last}`));
      };
      page.on('crash', () =>
        fail('The page crashed, most likely out of memory. Try a smaller microBatchTokens.'),
      );
      page.on('close', () => fail('The browser was closed, or was ended by the system.'));
      page.on('console', (message) => {
        if (message.type() !== 'error' && message.type() !== 'warning') return;
        heard.push(message.text());
        if (heard.length > 5) heard.shift();
      });
    });
    this.#broken.catch(() => undefined);
  }

  async #start(reach: readonly string[]): Promise<void> {
    await this.#page.exposeFunction('mailgymEvent', (event: string) => {
      this.#onEvent(JSON.parse(event) as RunEvent);
    });
    if (reach.length > 0) {
      const agreed = JSON.stringify(reach);
      await this.#page.addInitScript((text) => sessionStorage.setItem('mailgym-agreed', text), agreed);
    }
    await this.#page.goto(`${this.#site.url}${reach.length > 0 ? 'open.html' : ''}?headless=1`);
    await this.#guard(
      this.#page.waitForFunction(() => window.mailgym !== undefined, undefined, { timeout: START_TIMEOUT }),
    );
    await this.#guard(this.#page.evaluate(() => window.mailgym?.ready));
    const { token } = nodeDownloads();
    const secret = typeof token === 'function' ? token() : null;
    if (secret !== null)
      await this.#guard(this.#page.evaluate((text) => window.mailgym!.api.setHubToken(text), secret));
  }

  /** As if the user had dropped the file on the page; nothing for a built-in environment. @throws EnvironmentError */
  async openEnvironment(name: string): Promise<void> {
    const text = await environmentText(name);
    if (text === null) return;
    await this.#call(() =>
      this.#page.evaluate((file) => window.mailgym!.openEnvironment(file.name, file.text), { name, text }),
    );
  }

  probe(): Promise<DeviceReport> {
    return this.#call(() => this.#page.evaluate(() => window.mailgym!.api.probe()));
  }

  checkDevice(): Promise<DeviceCheck> {
    return this.#call(() => this.#page.evaluate(() => window.mailgym!.api.checkDevice()));
  }

  /** Trajectories are left out: they are drawn by the page and written nowhere. */
  run(settings: Settings, onEvent: (event: RunEvent) => void): Promise<RunResult> {
    this.#onEvent = onEvent;
    return this.#call(() =>
      this.#page.evaluate(
        (chosen) =>
          window.mailgym!.api.run(chosen, (event) => {
            if (event.kind !== 'trajectories') void window.mailgymEvent(JSON.stringify(event));
          }),
        settings,
      ),
    );
  }

  stop(): Promise<void> {
    return this.#call(() => this.#page.evaluate(() => window.mailgym!.api.stop()));
  }

  evaluate(
    settings: Settings,
    split: 'validation' | 'test',
    adapter: readonly NamedFile[] | null,
    onEvent: (event: RunEvent) => void,
  ): Promise<EvaluationReport> {
    this.#onEvent = onEvent;
    return this.#call(() =>
      this.#page.evaluate(
        ({ chosen, part, files }) =>
          window.mailgym!.api.evaluate(chosen, part, files, (event) => {
            if (event.kind !== 'trajectories') void window.mailgymEvent(JSON.stringify(event));
          }),
        { chosen: settings, part: split, files: adapter },
      ),
    );
  }

  verify(files: readonly NamedFile[], from: VerifySource): Promise<readonly NamedFile[]> {
    return this.#call(() =>
      this.#page.evaluate(({ given, source }) => window.mailgym!.api.verify(given, source), {
        given: files,
        source: from,
      }),
    );
  }

  listFiles(prefix: string): Promise<string[]> {
    return this.#call(() => this.#page.evaluate((below) => window.mailgym!.api.listFiles(below), prefix));
  }

  readFile(path: string): Promise<Uint8Array | null> {
    return this.#call(() => this.#page.evaluate((name) => window.mailgym!.api.readFile(name), path));
  }

  writeFile(path: string, bytes: Uint8Array): Promise<void> {
    return this.#call(() =>
      this.#page.evaluate(({ name, content }) => window.mailgym!.api.writeFile(name, content), {
        name: path,
        content: bytes,
      }),
    );
  }

  removeFiles(prefix: string): Promise<void> {
    return this.#call(() => this.#page.evaluate((below) => window.mailgym!.api.removeFiles(below), prefix));
  }

  async close(): Promise<void> {
    // A browser that died cannot be closed. The call that it broke tells why; an error here would take its place.
    await this.#context.close().catch(() => undefined);
    await this.#site.close();
    this.#profile.release();
  }

  async #call<T>(evaluate: () => Promise<T>): Promise<T> {
    try {
      return await this.#guard(evaluate());
    } catch (error) {
      throw fromPage(error);
    }
  }

  #guard<T>(call: Promise<T>): Promise<T> {
    return Promise.race([call, this.#broken]);
  }
}

/** Playwright wraps errors of the page in its own text, which keeps name and message: `page.evaluate: PolicyError: …\n    at …`. */
export function fromPage(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BrowserError) return error;
  const match = /^(?:page\.\w+: )?(?:Error: )?(\w*Error): ([\s\S]*?)(?:\n {4}at [\s\S]*)?$/.exec(
    error.message,
  );
  if (!match) return error;
  const [, name = 'Error', message = ''] = match;
  return Object.assign(errorFrom({ name, message, stack: undefined }), { cause: error });
}

/**
 * A browser profile, which keeps compiled shaders from run to run. One Chromium may use a profile at a time, so
 * simultaneous runs take the next one.
 */
class Profile {
  readonly path: string;
  readonly #lock: string;

  constructor() {
    const folder = join(REPOSITORY, '.cache', 'chromium');
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 16; i++) {
      const lock = join(folder, `${i}.lock`);
      if (takeLock(lock)) {
        this.#lock = lock;
        this.path = join(folder, String(i));
        return;
      }
    }
    this.#lock = join(folder, `${randomUUID()}.lock`);
    this.path = join(folder, randomUUID());
  }

  release(): void {
    rmSync(this.#lock, { force: true });
  }
}

function takeLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    // Held, or left behind by a process that was killed.
    if (isRunning(Number(readFileSync(path, 'utf8')))) return false;
    writeFileSync(path, String(process.pid));
    return true;
  }
}
