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
import type { RunEvent } from '../../src/grpo/types';
import { TrajectoryKeeper, watchingFor } from './keep';
import type { Training } from './training';

/** Trains in this process, on Dawn. @param kept rollouts of each step that are kept for the page; null for none */
export async function trainInNode({ settings, options }: Command, kept: number | null): Promise<Training> {
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
      const keeper = kept === null ? null : new TrajectoryKeeper(lock.store, kept);
      const follow = (event: RunEvent): void => {
        report.follow(event);
        keeper?.follow(event);
      };
      const watched = kept === null ? {} : { watching: () => watchingFor(kept) };
      try {
        return await trainRun(session, settings, lock.store, follow, control, watched);
      } finally {
        await keeper?.finish();
      }
    } finally {
      session.dispose();
      await lock.release();
    }
  };
  return { result: run(), stop: () => control.stop(), close: () => Promise.resolve() };
}
