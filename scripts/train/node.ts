import { lockFolderInNode } from '../../src/run/folder/lock-node';
import { openFsStore } from '../../src/run/stores/fs-store-node';
import { RunControl } from '../../src/run/train/control';
import { findStart } from '../../src/run/train/resume';
import type { RunSummary } from '../../src/run/train/trainer';
import { trainRun } from '../../src/run/train-run';
import { Session } from '../../src/run/session';
import type { Command } from '../runtime/command';
import { reportOf } from './report';
import { nodePlatform } from '../runtime/node-platform';
import type { Training } from './training';

/** Trains in this process, on Dawn. */
export async function trainInNode({ settings, options }: Command): Promise<Training> {
  const platform = await nodePlatform(console.log);
  const control = new RunControl();
  const report = reportOf(settings, options);
  const run = async (): Promise<RunSummary> => {
    const { outputDir } = settings;
    const lock = await lockFolderInNode(await openFsStore(outputDir), outputDir);
    const session = new Session(platform);
    try {
      // What is wrong with the folder is told before a model is loaded.
      await findStart(lock.store, settings);
      return await trainRun(session, settings, lock.store, (event) => report.follow(event), control);
    } finally {
      session.dispose();
      await lock.release();
    }
  };
  return { result: run(), stop: () => control.stop(), close: () => Promise.resolve() };
}
