/** Benchmarks in Node, each in a child process. */
import { fork, type ChildProcess } from 'node:child_process';
import { programBeside } from '../runtime/program';
import type { Runner } from './parent';
import { TASK_VARIABLE, type ChildMessage, type NodeTask, type TrlOptions } from './protocol';

/** @param trl what rows against TRL are measured with; null leaves them out */
export function nodeRunner(trl: TrlOptions | null): Runner {
  let child: ChildProcess | null = null;
  return {
    can: ({ needsPython }) => needsPython !== true || trl !== null,
    close: async () => void child?.kill(),
    run: (task, onMessage) => {
      const running = fork(programBeside('child', import.meta.url), [], {
        env: { ...process.env, [TASK_VARIABLE]: JSON.stringify({ ...task, trl } satisfies NodeTask) },
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
        serialization: 'advanced',
      });
      child = running;
      let tail = '';
      running.stderr?.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-4000);
      });
      running.on('message', (message) => onMessage(message as ChildMessage));
      return new Promise((resolve, reject) => {
        running.on('error', reject);
        running.on('close', (code, signal) => {
          child = null;
          resolve(code === 0 ? null : `the process ended with ${code ?? signal}: ${lastError(tail)}`);
        });
      });
    },
  };
}

/** The line that names the error, out of what a dying process wrote. */
function lastError(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line.trim())) ?? lines.at(-1) ?? 'no message'
  );
}
