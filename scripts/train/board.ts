/** `--tensorboard`: event files beside a run's own files. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/grpo/types';
import { Board, eventFileName, isOwnEventFile, TENSORBOARD_FOLDER } from '../../src/report/tensorboard/board';
import type { Settings } from '../../src/settings/settings';

/** Whoever hears what a run tells. */
export interface Follower {
  follow(event: RunEvent): void;
}

/**
 * Tells both of a run's events. The file begins with the first number; a run that begins afresh takes the place of event files
 * that an earlier one left in the folder.
 */
export function withBoard(
  first: Follower,
  { outputDir, resume }: Pick<Settings, 'outputDir' | 'resume'>,
): Follower {
  const folder = join(outputDir, TENSORBOARD_FOLDER);
  let board: Board | null = null;
  const open = (): Board => {
    mkdirSync(folder, { recursive: true });
    const before = existsSync(folder) ? readdirSync(folder).filter(isOwnEventFile) : [];
    if (resume === 'no') for (const name of before) rmSync(join(folder, name));
    const taken = new Set(resume === 'no' ? [] : before);
    // Readers take files in the order of their names.
    let seconds = Math.floor(Date.now() / 1000);
    while (taken.has(eventFileName(seconds))) seconds++;
    const file = join(folder, eventFileName(seconds));
    return new Board(
      (bytes) => appendFileSync(file, bytes),
      () => Date.now(),
    );
  };
  return {
    follow(event) {
      first.follow(event);
      const isNumber = event.kind === 'step' || event.kind === 'evaluation' || event.kind === 'warm-start';
      if (board === null && isNumber) board = open();
      board?.follow(event);
    },
  };
}
