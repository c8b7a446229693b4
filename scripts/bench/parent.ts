/** Runs the benchmarks one after the other, each in a child process, and collects their rows. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ArchName } from './archs';
import { BENCHMARKS, isWanted } from './catalog';
import { TASK_VARIABLE, type ChildMessage, type ChildTask } from './protocol';
import { rowLine } from './table';
import type { Row } from './types';

export interface Measured {
  readonly device: string;
  readonly rows: readonly Row[];
}

export async function measureInNode(
  arch: ArchName,
  only: readonly string[],
  log: (line: string) => void,
): Promise<Measured> {
  let device = 'unknown';
  const rows: Row[] = [];
  for (const [benchmark, { ids }] of Object.entries(BENCHMARKS)) {
    const wanted = ids(arch).filter((id) => isWanted(id, only));
    if (wanted.length === 0) continue;
    log(`${benchmark} …`);
    const found: Row[] = [];
    const failure = await runChild({ benchmark, arch, ids: wanted }, (message) => {
      if (message.kind === 'device') device = message.device;
      else if (message.kind === 'log') log(`  ${message.line}`);
      else {
        found.push(message.row);
        log(`  ${rowLine(message.row)}`);
      }
    });
    const missing = wanted.filter((id) => !found.some((row) => row.id === id));
    for (const id of missing) {
      const row = failedRow(id, failure ?? 'the benchmark ended without this row');
      found.push(row);
      log(`  ${rowLine(row)}`);
    }
    rows.push(...found);
  }
  return { device, rows };
}

export function failedRow(id: string, error: string): Row {
  const nothing = { ours: NaN, peer: null, ratio: null };
  return { id, what: 'not measured', unit: '', peerName: null, ...nothing, error };
}

/** Answers why the child failed, or null. */
function runChild(task: ChildTask, onMessage: (message: ChildMessage) => void): Promise<string | null> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
    env: { ...process.env, [TASK_VARIABLE]: JSON.stringify(task) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  child.on('message', (message) => onMessage(message as ChildMessage));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code === 0 ? null : `the process ended with ${code ?? signal}: ${lastError(tail)}`);
    });
  });
}

/** The line that names the error, out of what a dying process wrote. */
function lastError(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line.trim())) ?? lines.at(-1) ?? 'no message'
  );
}
