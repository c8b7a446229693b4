/** A command of this repository in a process group of its own, which can be killed as a machine's end kills it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { commandProgram } from '../runtime/program';
import { REPOSITORY } from '../runtime/page';

export interface Watched {
  /** Null when it was killed. */
  readonly status: number | null;
  /** Milliseconds from its start to its end. */
  readonly took: number;
  /** From its start to the first line that matched, where one did. */
  readonly begun: number | null;
  readonly lines: readonly string[];
}

export interface WatchOptions {
  /** The line by which the work proper begins. */
  readonly begins?: RegExp;
  /**
   * Called at the start and at the line that {@link begins}: milliseconds from then until it is killed; null: not from then.
   */
  readonly kill?: (when: 'start' | 'begun') => number | null;
  /** Whether the whole group dies, or the first process alone. */
  readonly whole?: boolean;
}

/** Runs a command to its end, or to its death. Ctrl-C of ours ends it as well. */
export function watch(
  command: string,
  args: readonly string[],
  options: WatchOptions = {},
): Promise<Watched> {
  const { begins, kill = () => null, whole = true } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const lines: string[] = [];
    let begun: number | null = null;
    const child = spawn(process.execPath, [...process.execArgv, commandProgram(command), ...args], {
      cwd: REPOSITORY,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timers: NodeJS.Timeout[] = [];
    const arm = (when: 'start' | 'begun'): void => {
      const after = kill(when);
      if (after !== null) timers.push(setTimeout(() => end(child, whole), after));
    };
    const interrupted = (): void => {
      end(child, true);
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    arm('start');
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (begun !== null || begins?.test(line) !== true) return;
        begun = performance.now() - started;
        arm('begun');
      });
    }
    child.on('error', reject);
    child.on('close', (status) => {
      for (const timer of timers) clearTimeout(timer);
      process.off('SIGINT', interrupted);
      resolve({ status, took: performance.now() - started, begun, lines });
    });
  });
}

function end({ pid }: ChildProcess, whole: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(whole ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
