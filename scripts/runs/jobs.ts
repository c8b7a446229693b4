/** Child processes of this repository's own commands, several side by side. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { writeText } from '../../src/settings/values';
import type { Settings } from '../../src/settings/settings';
import { CommandError } from '../runtime/command';
import { PARENT_CHANNEL } from '../runtime/end-with-parent';
import { REPOSITORY } from '../runtime/page';

export interface Job {
  /** Stands before each line that it prints. */
  readonly name: string;
  /** Path of the program, counted from the repository. */
  readonly script: string;
  readonly args: readonly string[];
  /** Called after success, before the job counts as done. */
  readonly done?: () => void;
}

/** All settings as flags: they beat environment variables, which the child inherits. */
export function settingFlags(settings: Settings): string[] {
  return schemaNear(settings.environment).keys.flatMap((key) => [
    '--set',
    `${key}=${writeText(settings[key])}`,
  ]);
}

/**
 * Runs all jobs, at most `sideBySide` at once. A failed one does not end the others. Ctrl-C reaches the children once,
 * so that runs end after their step and can go on later.
 * @throws CommandError naming the jobs that failed, or that it was interrupted
 */
export async function runJobs(
  jobs: readonly Job[],
  sideBySide: number,
  log: (line: string) => void,
): Promise<void> {
  const waiting = [...jobs];
  const running = new Set<ChildProcess>();
  const failed: string[] = [];
  let interrupted = false;
  const interrupt = (signal: NodeJS.Signals) => {
    interrupted = true;
    for (const child of running) child.kill(signal);
  };
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined && !interrupted; job = waiting.shift()) {
      const status = await runJob(job, running, log);
      if (status === 0) job.done?.();
      else failed.push(`${job.name} (status ${status})`);
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await Promise.all(Array.from({ length: Math.min(sideBySide, jobs.length) }, worker));
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  if (interrupted) throw new CommandError('Interrupted. The same command again goes on where it stopped.');
  if (failed.length > 0) {
    throw new CommandError(
      `${failed.length} of ${jobs.length} jobs failed: ${failed.join(', ')}. Their messages stand above; the same ` +
        'command again repeats only what is missing.',
    );
  }
}

/** Dawn tells every process of limits that it lowers on its own; nobody can act on it. */
const DAWN_NOTICE = /^Warning: maxDynamic\w+ artificially reduced/;

function runJob(job: Job, running: Set<ChildProcess>, log: (line: string) => void): Promise<number | string> {
  return new Promise((settle) => {
    // The parent's loader for TypeScript is in execArgv. A group of its own keeps the terminal's Ctrl-C from reaching
    // the child beside ours: two of them end a run at once.
    const child = spawn(
      process.execPath,
      [...process.execArgv, resolve(REPOSITORY, job.script), ...job.args],
      {
        // By the channel a child notices that this process is gone (`endWithParent`).
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
        env: { ...process.env, [PARENT_CHANNEL]: '1' },
      },
    );
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (!DAWN_NOTICE.test(line)) log(`[${job.name}] ${line}`);
      });
    }
    child.on('error', (error) => {
      log(`[${job.name}] ${error.message}`);
      running.delete(child);
      settle('not started');
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      settle(code ?? signal ?? 'unknown');
    });
  });
}
