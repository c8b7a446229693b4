import { openFsStore } from '../../src/run/stores/fs-store-node';
import type { RunStore } from '../../src/run/stores/run-store';
import type { RunSummary } from '../../src/run/train/trainer';
import { deviceName } from '../../src/run/probe';
import type { Settings } from '../../src/settings/settings';
import type { Command } from '../runtime/command';
import { ConsoleReport } from '../runtime/console';
import { BrowserError, HeadlessPage } from '../runtime/headless-page';
import { pageSettings } from '../runtime/page-settings';
import { Mirror } from './mirror';
import type { Training } from './training';

/** Trains on the built page in a headless Chromium; the files appear in the output folder as they are saved. */
export async function trainInBrowser(command: Command): Promise<Training> {
  const { settings } = command;
  const { mounts } = pageSettings(settings);
  const target = await openFsStore(settings.outputDir);
  const page = await HeadlessPage.open(mounts, console.log);
  return {
    result: run(page, command, target),
    stop: () => void page.stop().catch(() => undefined),
    close: () => page.close(),
  };
}

async function run(page: HeadlessPage, command: Command, target: RunStore): Promise<RunSummary> {
  const device = await page.probe();
  if (!device.ok) throw new BrowserError(`${device.problem} ${device.remedy}`);
  console.log(`device: ${deviceName(device)}, in Chromium`);
  const settings = pageSettings(settingsFor(command, device.software)).inside;
  // What an earlier, killed run left in this profile is not this run's.
  await page.removeFiles(`${settings.outputDir}/`);
  if (settings.resume !== 'no') await putBack(page, settings.outputDir, target);
  const report = new ConsoleReport();
  const mirror = new Mirror(page, settings.outputDir, target);
  try {
    const result = await page.run(settings, (event) => {
      report.follow(event);
      mirror.follow(event);
    });
    await mirror.finish();
    await page.removeFiles(`${settings.outputDir}/`);
    return result;
  } catch (error) {
    // What was saved before the failure still comes out, if the page is alive.
    await mirror.finish().catch(() => undefined);
    throw error;
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

async function putBack(page: HeadlessPage, outputDir: string, target: RunStore): Promise<void> {
  for (const path of await target.list()) {
    const bytes = await target.read(path);
    if (bytes !== null) await page.writeFile(`${outputDir}/${path}`, bytes);
  }
}
