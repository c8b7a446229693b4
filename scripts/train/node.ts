import { lockFolderInNode } from '../../src/run/folder/lock-node';
import { openFsStore } from '../../src/run/stores/fs-store-node';
import { RunControl } from '../../src/run/train/control';
import { findStart } from '../../src/run/train/resume';
import { runTraining, type RunSummary } from '../../src/run/train/trainer';
import { openRun } from '../../src/run/open-run';
import { Session } from '../../src/run/session';
import type { Command } from '../runtime/command';
import { ConsoleReport } from '../runtime/console';
import { nodePlatform } from '../runtime/node-platform';
import type { RunEvent } from '../../src/grpo/types';
import { TrajectoryKeeper, watchingFor } from './keep';
import type { Training } from './training';

/** Trains in this process, on Dawn. @param kept rollouts of each step that are kept for the page; null for none */
export async function trainInNode({ settings }: Command, kept: number | null): Promise<Training> {
  const platform = await nodePlatform(console.log);
  const control = new RunControl();
  const report = new ConsoleReport();
  const run = async (): Promise<RunSummary> => {
    const { outputDir } = settings;
    const lock = await lockFolderInNode(await openFsStore(outputDir), outputDir);
    const session = new Session(platform);
    try {
      // What is wrong with the folder is told before a model is loaded.
      await findStart(lock.store, settings);
      const keeper = kept === null ? null : new TrajectoryKeeper(lock.store, kept);
      const follow = (event: RunEvent): void => {
        report.follow(event);
        keeper?.follow(event);
      };
      const options = kept === null ? {} : { watching: () => watchingFor(kept) };
      const opened = await openRun(session, settings, lock.store, follow, options);
      try {
        return await runTraining(opened.deps, opened.settings, follow, control);
      } finally {
        opened.dispose();
        await keeper?.finish();
      }
    } finally {
      session.dispose();
      await lock.release();
    }
  };
  return { result: run(), stop: () => control.stop(), close: () => Promise.resolve() };
}
