/**
 * A real model in the page, by real clicks: the GGUF file is chosen, an expert's episodes are learned, then GRPO's steps.
 * Prints what was trained and what it took, and keeps pictures. Chromium computes in software where there is no GPU.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { parseSafetensors, toFloat32 } from '../../../src/formats/safetensors';
import { launchChromium } from '../../runtime/chromium';
import { CommandError, ownOptions, runCommand } from '../../runtime/command';
import { DIST, ensurePage } from '../../runtime/page';
import { serve } from '../../serve';
import { ensureBrowser } from '../../setup/browser';

const USAGE = `
Trains a real model in the page by real clicks and keeps pictures of it.

  npx tsx scripts/real/page/run.ts --gguf FILE [--task mail|letters] [--out DIR] [--settings 'key=value&key=value'] [--hours N]

letters is scripts/real/page/letters.ts, given to the page as any file of a task is: prompts are short, and no two tries are
worth the same. With mail the prompts are 700 tokens and more, and a model that knows no tools fails alike each time.
`;

const COMMON = 'preset=smoke&warmStartEpisodes=4&warmStartBatchSize=4&evalDatasetSize=1&temperature=1';
/** The smallest runs that are one: four expert episodes, then two steps of one question and few short rollouts. */
const SETTINGS: Readonly<Record<string, string>> = {
  mail: `${COMMON}&maxTurns=3&maxTokens=64&maxSeqLength=1536&microBatchTokens=1024`,
  letters: `${COMMON}&numGenerations=4&maxTurns=1&maxTokens=12&maxSeqLength=128`,
};

const LETTERS = fileURLToPath(new URL('./letters.ts', import.meta.url));

await runCommand(USAGE, async () => {
  const options = ownOptions('real/page/run', process.argv.slice(2), [
    'gguf',
    'task',
    'out',
    'settings',
    'hours',
  ]);
  const gguf = options['gguf'] ?? process.env['MAILGYM_GGUF'];
  if (gguf === undefined) throw new CommandError('--gguf is missing: the file of the model.');
  const task = options['task'] ?? 'letters';
  const settings = SETTINGS[task];
  if (settings === undefined)
    throw new CommandError(`--task is ${task}; allowed: ${Object.keys(SETTINGS).join(', ')}.`);
  const out = resolve(options['out'] ?? 'outputs/real-page');
  mkdirSync(out, { recursive: true });
  await ensurePage(console.log);
  const site = await serve({ root: DIST, port: 0 });
  const profile = join(out, 'profile');
  rmSync(profile, { recursive: true, force: true });
  const context = await launchChromium(ensureBrowser(console.log), profile);
  const memory = watchMemory();
  try {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1280, height: 1400 });
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    const picture = (name: string) => page.screenshot({ path: join(out, `${name}.png`) });
    await page.goto(`${site.url}?headless=1#${options['settings'] ?? settings}`);
    if (task === 'letters') await page.setInputFiles('#environment-file', LETTERS);
    await chooseModel(page, gguf);
    await picture('1-chosen');
    await train(page, Number(options['hours'] ?? 2), picture);
    await picture('5-end');
    await page.getByRole('tab', { name: 'Trajectories' }).click();
    await picture('6-trajectories');
    await report(page);
  } finally {
    console.log(`Most resident memory: ${memory.stop()}`);
    await context.close();
    await site.close();
  }
});

async function chooseModel(page: Page, gguf: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByText('Choose a GGUF file').click();
  await (await chooser).setFiles(gguf);
  const facts = page.locator('.model-facts');
  await facts.waitFor({ timeout: 300_000 });
  console.log((await facts.innerText()).replaceAll(/\n+/g, '\n'));
}

async function train(page: Page, hours: number, picture: (name: string) => Promise<unknown>): Promise<void> {
  const begin = Date.now();
  const minutes = () => `${((Date.now() - begin) / 60_000).toFixed(1)} min`;
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  let last = '';
  while (Date.now() - begin < hours * 3_600_000) {
    const status = (await page.locator('h2.status').innerText()).trim();
    if (status !== last) {
      console.log(`${minutes()}: ${status}: ${await page.locator('.status-detail').first().innerText()}`);
      await picture(`2-${status.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`);
    }
    last = status;
    if (['Finished', 'Stopped early', 'Stopped'].includes(status)) break;
    await page.waitForTimeout(2000);
  }
  const problem = await page.locator('.problem').allInnerTexts();
  if (last !== 'Finished') throw new CommandError(`The run is at "${last}". ${problem.join(' ')}`);
  console.log(`The run took ${minutes()}.`);
}

async function report(page: Page): Promise<void> {
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await page.evaluate(async (name) => {
      const { api } = window.mailgym as NonNullable<typeof window.mailgym>;
      const [found] = (await api.listFiles('')).filter((one) => one.endsWith(name));
      const content = found === undefined ? null : await api.readFile(found);
      return content === null ? null : [...content];
    }, path);
    if (bytes === null) throw new CommandError(`The run left no ${path}.`);
    return Uint8Array.from(bytes);
  };
  const lines = async (path: string) =>
    new TextDecoder()
      .decode(await read(path))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const pick = (record: Record<string, unknown>, keys: readonly string[]) =>
    Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key]]));
  for (const record of await lines('warm_start.jsonl'))
    console.log('expert', pick(record, ['step', 'loss', 'gradNorm', 'tokens', 'sequences']));
  for (const record of await lines('metrics.jsonl'))
    console.log(
      'step',
      pick(record, ['step', 'loss', 'gradNorm', 'rewardMean', 'firstRatioError', 'gpuBytes', 'stepSeconds']),
    );
  const numbers = async (folder: string) => {
    const { tensors } = parseSafetensors(await read(`${folder}/adapter_model.safetensors`), folder);
    return new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor, name, folder)]));
  };
  const before = await numbers('warm_start');
  const after = await numbers('final');
  const most = (values: Float32Array) => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  const learned = Math.max(
    ...[...before].filter(([name]) => name.includes('lora_B')).map(([, data]) => most(data)),
  );
  const largest = Math.max(
    ...[...after].map(([name, data]) =>
      most(data.map((value, i) => value - (before.get(name)?.[i] ?? Infinity))),
    ),
  );
  console.log(
    `Adapter: ${after.size} tensors; largest B after the expert ${learned}; largest change by GRPO ${largest}.`,
  );
}

/** Watches what Chromium's processes hold, as Linux tells it. */
function watchMemory(): { stop(): string } {
  const most = new Map<string, number>();
  const look = (): void => {
    const parents = new Map<number, number>();
    const found = new Map<number, { readonly kind: string; readonly bytes: number }>();
    for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
        const kind = /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? '';
        found.set(pid, { kind, bytes: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) });
      } catch {
        // It ended meanwhile.
      }
    }
    const isOurs = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === process.pid || (pid > 1 && isOurs(parents.get(pid))));
    for (const [pid, { kind, bytes }] of found) {
      if (kind !== '' && isOurs(pid)) most.set(kind, Math.max(bytes, most.get(kind) ?? 0));
    }
  };
  const timer = process.platform === 'linux' ? setInterval(look, 1000) : undefined;
  return {
    stop: () => {
      clearInterval(timer);
      return (
        [...most].map(([kind, bytes]) => `${kind} ${Math.round(bytes / 1e6)} MB`).join(', ') ||
        'not known here'
      );
    },
  };
}
