/** Debian's Firefox over Marionette, which it speaks without a driver. https://firefox-source-docs.mozilla.org/testing/marionette/ */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Null where none is installed. */
export const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path)) ?? null;

const PREFERENCES = {
  'marionette.port': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'browser.aboutwelcome.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

export class Firefox {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: Socket;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #buffer = Buffer.alloc(0);
  #next = 1;

  static async start(executable: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'mailgym-firefox-'));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join('\n'));
    const child = spawn(executable, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
      stdio: 'ignore',
      env: { ...process.env, HOME: profile },
    });
    const port = await portOf(profile);
    const socket = connect(port, '127.0.0.1');
    const firefox = new Firefox(child, profile, socket);
    await firefox.send('WebDriver:NewSession', {});
    return firefox;
  }

  private constructor(child: ChildProcess, profile: string, socket: Socket) {
    this.#process = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('data', (data: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, data]);
      this.#read();
    });
  }

  /** Messages are `length:[1, id, error, result]`; the first one greets. */
  #read(): void {
    for (;;) {
      const colon = this.#buffer.indexOf(':');
      const length = Number(this.#buffer.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#buffer.length < colon + 1 + length) return;
      const text = this.#buffer.subarray(colon + 1, colon + 1 + length).toString();
      this.#buffer = this.#buffer.subarray(colon + 1 + length);
      const message: unknown = JSON.parse(text);
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message as [number, number, { message: string } | null, unknown];
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === null) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
    }
  }

  send(command: string, params: object): Promise<unknown> {
    const id = this.#next++;
    const text = JSON.stringify([0, id, command, params]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  async goto(url: string): Promise<void> {
    await this.send('WebDriver:Navigate', { url });
  }

  /** @param body of an asynchronous function in the page, with what it returns */
  async evaluate(body: string): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1];
      (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = (await this.send('WebDriver:ExecuteAsyncScript', {
      script,
      args: [],
      sandbox: null,
      scriptTimeout: 120_000,
    })) as { readonly value: { readonly value?: unknown; readonly error?: string } };
    if (answer.value.error !== undefined) throw new Error(answer.value.error);
    return answer.value.value;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await Promise.race([
      this.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => undefined),
      sleep(5000),
    ]);
    this.#socket.destroy();
    await Promise.race([ended, sleep(5000)]);
    this.#process.kill('SIGKILL');
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Firefox takes a free one and notes it in its profile. */
async function portOf(profile: string): Promise<number> {
  const path = join(profile, 'MarionetteActivePort');
  for (let i = 0; i < 600; i++) {
    if (existsSync(path)) {
      const port = Number(readFileSync(path, 'utf8'));
      if (port > 0) return port;
    }
    await sleep(200);
  }
  throw new Error('Firefox did not say on which port it listens.');
}
