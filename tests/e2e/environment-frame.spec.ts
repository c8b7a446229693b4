/** A user's file in the page's sandboxed frame: it plays, cannot reach the network, and a loop in it stops nobody else. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import { rolldown } from 'rolldown';
import { E2E_PORT } from '../support/e2e-port';
import { bundleGuest } from '../../src/env/host/guest-bundle';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Our side, as the page and its worker have it, on `window.house`. */
async function bundleHouse(): Promise<string> {
  const entry = 'house';
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'house',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry
            ? `import * as browser from ${JSON.stringify(root('src/env/host/browser.ts'))};
               import * as page from ${JSON.stringify(root('src/env/host/page.ts'))};
               import { Random } from ${JSON.stringify(root('src/random/philox.ts'))};
               import { defaultSettings, settingsSchema } from ${JSON.stringify(root('src/settings/schema.ts'))};
               window.house = { ...browser, ...page, Random, defaultSettings, settingsSchema };`
            : null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

const BAD = `import { defineEnvironment, tool, z } from 'mailgym';
const none = z.object({});
export default defineEnvironment({
  id: 'bad', title: 'Bad',
  tasks: () => [{ id: 'a', prompt: 'Go.' }],
  tools: () => ({
    end: tool('Ends.', none, (_, { finish }) => finish({ success: true })),
    loops: tool('Loops.', none, () => { for (;;); }),
    fetches: tool('Fetches.', none, async () => (await fetch('/secret')).status),
    imports: tool('Imports.', none, () => new Function('return import("/secret")')()),
    sockets: tool('Opens a socket.', none, () => new Promise((yes, no) => {
      const socket = new WebSocket('ws://' + 'localhost:${E2E_PORT}');
      socket.onopen = () => yes('open');
      socket.onerror = () => no(new Error('refused'));
    })),
  }),
});`;

test('a user’s file plays in a frame without network', async ({ page }) => {
  const asked: string[] = [];
  await page.route('**/*', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' });
  });
  await page.goto('/');
  await page.addScriptTag({ content: await bundleHouse() });
  const countdown = await readFile(root('docs/examples/countdown.ts'), 'utf8');
  const played = await page.evaluate(
    async ([guest, good, bad]) => {
      const { house } = window as unknown as { house: House };
      const frame = await house.createEnvironmentFrame(guest);
      const open = async (name: string, text: string) => {
        const environment = await house.loadEnvironmentText(name, text, frame.port);
        const settings = {
          ...house.defaultSettings(house.settingsSchema(environment)),
          toolTimeout: 2,
          trainDatasetSize: 4,
          evalDatasetSize: 2,
        };
        return environment.open(null, { settings, hints: {} });
      };
      const play = async (opened: Opened, turns: readonly (readonly [string, object])[]) => {
        const episode = opened.start(opened.tasks.train[0], new house.Random(1, 'x'));
        const shown = [];
        for (const [name, args] of turns) {
          const call = { id: 'call_0_0', name, arguments: args };
          const step = await episode.step({ text: '', calls: [call] }, 500);
          shown.push(...step.results.map(({ content }) => content));
          if (step.done) break;
        }
        return { shown, outcome: await episode.outcome() };
      };
      const countdown = await open('countdown.ts', good);
      const expert = countdown.expert(countdown.tasks.train[0]);
      const turns = expert.map(
        ({ tool_calls: [{ function: call }] }) => [call.name, call.arguments] as const,
      );
      const perfect = await play(countdown, turns);
      countdown.close();
      const hostile = await open('bad.ts', bad);
      const one = (name: string) =>
        play(hostile, [
          [name, {}],
          ['end', {}],
        ]);
      const rest = await Promise.all(['loops', 'end', 'fetches', 'imports', 'sockets'].map(one));
      const fails = await open('node.ts', "import 'node:fs';").catch((error: Error) => error.message);
      const throws = await open('late.ts', "\n\nthrow new Error('No luck.');").catch(
        (error: Error) => error.message,
      );
      frame.remove();
      return { perfect, rest, fails, throws };
    },
    [await bundleGuest(), countdown, BAD] as const,
  );
  expect(played.perfect.outcome).toMatchObject({ success: true, stopCondition: 'answered' });
  const [loops, end, ...reaching] = played.rest;
  expect(loops).toMatchObject({
    shown: ['{"error":"loops: no result within 2 seconds."}'],
    outcome: { stopCondition: 'tool-timeout' },
  });
  expect(end?.outcome).toMatchObject({ success: true });
  for (const { shown, outcome } of reaching) {
    expect(shown[0]).toMatch(/^\{"error":/);
    expect(outcome).toMatchObject({ success: true });
  }
  expect(asked).not.toContain('/secret');
  expect(played.fails).toContain('imports "node:fs"');
  expect(played.throws).toContain('late.ts:3 cannot be loaded: No luck.');
});

/** What the bundle puts on the window, as far as it is used here. */
interface Opened {
  readonly tasks: { readonly train: readonly object[] };
  start(
    task: object | undefined,
    random: object,
  ): {
    step(
      turn: object,
      budget: number,
    ): Promise<{ readonly done: boolean; readonly results: readonly { readonly content: string }[] }>;
    outcome(): Promise<object>;
  };
  expert(task: object | undefined): readonly {
    readonly tool_calls: readonly [
      { readonly function: { readonly name: string; readonly arguments: object } },
    ];
  }[];
  close(): void;
}
interface House {
  createEnvironmentFrame(guest: string): Promise<{ readonly port: MessagePort; remove(): void }>;
  loadEnvironmentText(
    name: string,
    text: string,
    port: MessagePort,
  ): Promise<{ open(source: null, options: object): Promise<Opened> }>;
  defaultSettings(schema: object): object;
  settingsSchema(environment: object): object;
  readonly Random: new (seed: number, label: string) => object;
}
