/** Runs the benchmarks one after the other, each by itself, and collects their rows. */
import type { ArchName } from './archs';
import { BENCHMARKS, isWanted, type Benchmark } from './catalog';
import { plainRow } from './measure';
import type { ChildMessage, ChildTask } from './protocol';
import type { Row } from './types';

/** Where benchmarks run: a process or a page for each. */
export interface Runner {
  /** Answers why it failed, or null. */
  run(task: ChildTask, onMessage: (message: ChildMessage) => void): Promise<string | null>;
  /** Whether a row can be measured there. */
  can(benchmark: Benchmark, id: string): boolean;
  close(): Promise<void>;
}

export interface Listener {
  /** Called before the first row of each benchmark. What it throws ends everything. */
  onDevice(device: string): void;
  onRow(row: Row): void;
  log(line: string): void;
}

export async function measure(
  runner: Runner,
  arch: ArchName,
  only: readonly string[],
  listener: Listener,
): Promise<void> {
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    const ids = benchmark.ids(arch).filter((id) => isWanted(id, only) && runner.can(benchmark, id));
    if (ids.length > 0) await oneBenchmark(runner, { benchmark: name, arch, ids }, listener);
  }
}

async function oneBenchmark(runner: Runner, task: ChildTask, listener: Listener): Promise<void> {
  const missing = new Set(task.ids);
  let refusal: unknown = null;
  listener.log(`${task.benchmark} …`);
  const failure = await runner.run(task, (message) => {
    if (refusal !== null) return;
    try {
      if (message.kind === 'log') listener.log(`  ${message.line}`);
      else if (message.kind === 'device') listener.onDevice(message.device);
      else {
        missing.delete(message.row.id);
        listener.onRow(message.row);
      }
    } catch (error) {
      refusal = error;
      void runner.close();
    }
  });
  if (refusal !== null) throw refusal;
  for (const id of missing) listener.onRow(failedRow(id, failure ?? 'the benchmark ended without this row'));
}

export function failedRow(id: string, error: string): Row {
  return plainRow({ id, what: 'not measured', unit: '', ours: NaN, error });
}
