import { openFsStore } from '../../src/run/stores/fs-store-node';
import { RunControl } from '../../src/run/train/control';
import { runTraining, type RunSummary } from '../../src/run/train/trainer';
import { openRun } from '../../src/run/open-run';
import { Session } from '../../src/run/session';
import type { Command } from '../runtime/command';
import { ConsoleReport } from '../runtime/console';
import { nodePlatform } from '../runtime/node-platform';
import type { Training } from './training';

/** Trains in this process, on Dawn. */
export async function trainInNode({ settings }: Command): Promise<Training> {
  const platform = await nodePlatform(console.log);
  const control = new RunControl();
  const report = new ConsoleReport();
  const run = async (): Promise<RunSummary> => {
    const store = await openFsStore(settings.outputDir);
    const session = new Session(platform);
    const opened = await openRun(session, settings, store, (event) => report.follow(event));
    try {
      return await runTraining(opened.deps, opened.settings, (event) => report.follow(event), control);
    } finally {
      opened.dispose();
      session.dispose();
    }
  };
  return { result: run(), stop: () => control.stop(), close: () => Promise.resolve() };
}
