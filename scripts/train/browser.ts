import { INDEX_FILE } from '../../src/report/run-files';
import type { RunEvent } from '../../src/grpo/types';
import { lockFolderInNode } from '../../src/run/folder/lock-node';
import { openFsStore } from '../../src/run/stores/fs-store-node';
import type { RunStore } from '../../src/run/stores/run-store';
import { findStart } from '../../src/run/train/resume';
import type { RunSummary } from '../../src/run/train/trainer';
import { sourcesOf } from '../../src/settings/reach';
import { deviceName } from '../../src/run/probe';
import type { Settings } from '../../src/settings/settings';
import type { Command } from '../runtime/command';
import { assertBrowserDevice } from '../runtime/device-options';
import { BrowserError, HeadlessPage } from '../runtime/headless-page';
import { pageSettings } from '../runtime/page-settings';
import type { Follower } from './board';
import { Mirror } from './mirror';
import { reportOf } from './report';
import type { Training } from './training';

/** Trains on the built page in a headless Chromium; the files appear in the output folder as they are saved. */
export async function trainInBrowser(command: Command): Promise<Training> {
  const { settings } = command;
  const { mounts } = pageSettings(settings);
  const lock = await lockFolderInNode(await openFsStore(settings.outputDir), settings.outputDir);
  try {
    // What is wrong with the folder is told before a browser is started.
    await findStart(lock.store, settings);
    const page = await HeadlessPage.open(mounts, console.log, sourcesOf(settings));
    return {
      result: run(page, command, lock.store),
      stop: () => void page.stop().catch(() => undefined),
      close: async () => {
        await page.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function run(page: HeadlessPage, command: Command, target: RunStore): Promise<RunSummary> {
  const device = await page.probe();
  assertBrowserDevice(device);
  console.log(`device: ${deviceName(device)}, in Chromium`);
  const chosen = settingsFor(command, device.software);
  await page.openEnvironment(chosen.environment);
  const settings = pageSettings(chosen).inside;
  const { opened, checkpoint } = await findStart(target, chosen);
  const { folder, notes } = opened;
  const report = reportOf(command.settings, command.options);
  for (const message of notes) report.follow({ kind: 'warning', message });
  // What an earlier, killed run left in this profile is not this run's.
  await page.removeFiles(`${settings.outputDir}/`);
  if (checkpoint !== null) {
    // Where the index was lost, the page gets the one that was made again.
    if (notes.length > 0) await folder.commit();
    await putBack(page, settings.outputDir, target, [INDEX_FILE, ...folder.files.keys()]);
  }
  const mirror = new Mirror(page, settings.outputDir, folder, checkpoint === null);
  const teller = new Teller(report, mirror, () => void page.stop().catch(() => undefined));
  try {
    const result = await page.run(settings, (event) => teller.follow(event));
    await teller.told;
    await mirror.finish();
    await page.removeFiles(`${settings.outputDir}/`);
    return result;
  } catch (error) {
    await teller.told;
    // What was saved before the failure still comes out, if the page is alive.
    await mirror.finish().catch(() => undefined);
    if (teller.saved !== null) console.log(`On disk: ${teller.saved}. To go on: --resume latest.`);
    throw error;
  }
}

/** Tells a run's events in their order, and of a save only when it is on disk. A full disk ends the run. */
class Teller {
  /** Resolves when all events so far are told. */
  told: Promise<void> = Promise.resolve();
  /** Name of the last save on disk. */
  saved: string | null = null;
  readonly #report: Follower;
  readonly #mirror: Mirror;
  readonly #stop: () => void;
  #failed = false;

  constructor(report: Follower, mirror: Mirror, stop: () => void) {
    this.#report = report;
    this.#mirror = mirror;
    this.#stop = stop;
  }

  follow(event: RunEvent): void {
    const copied = this.#mirror.follow(event).then(
      () => null,
      (error: unknown) => error as Error,
    );
    this.told = this.told.then(async () => {
      const failure = await copied;
      if (failure === null) {
        if (event.kind === 'saved') this.saved = event.path;
        this.#report.follow(event);
        return;
      }
      if (event.kind !== 'saved') this.#report.follow(event);
      // Of a browser that died the run itself tells.
      if (this.#failed || failure instanceof BrowserError) return;
      this.#failed = true;
      this.#report.follow({ kind: 'warning', message: `${failure.message} The run ends after this step.` });
      this.#stop();
    });
  }
}

/** In a software renderer the default run would take hours; unless a preset was asked for, a short one is taken. */
function settingsFor(command: Command, software: boolean): Settings {
  if (!software || command.options['preset'] !== undefined) return command.settings;
  console.log(
    'No GPU, only a software renderer: preset quick is taken. --preset default trains in full; --runtime node is many times faster here.',
  );
  return command.onPreset('quick');
}

async function putBack(
  page: HeadlessPage,
  outputDir: string,
  target: RunStore,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const bytes = await target.read(path);
    if (bytes !== null) await page.writeFile(`${outputDir}/${path}`, bytes);
  }
}
