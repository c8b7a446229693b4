/** The page that measures: `runner.ts` opens it and calls `bench`. */
import { pagePlatform } from '../../../src/run/platform/page';
import { describeAdapter, isSoftware } from '../../runtime/adapter';
import { BENCHMARKS } from '../catalog';
import { coldStep } from '../cold-step';
import type { ChildMessage, ChildTask } from '../protocol';
import { openSession } from '../session';

declare global {
  interface Window {
    /** Measures the rows of a task; ends when all are told. */
    bench(task: ChildTask): Promise<void>;
    /** Put there from outside. */
    benchMessage(message: ChildMessage): Promise<void>;
  }
}

window.bench = async ({ benchmark, arch, ids }) => {
  const send = (message: ChildMessage) => void window.benchMessage(message);
  const platform = pagePlatform(new URL('../', self.location.href).href, () => Promise.resolve(null));
  const run = await BENCHMARKS[benchmark]?.load();
  const session = await openSession(platform.webgpu, {
    arch,
    software: isSoftware,
    tellsCpu: false,
    wanted: (id) => ids.includes(id),
    emit: (row) => send({ kind: 'row', row }),
    log: (line) => send({ kind: 'log', line }),
    platform: () => Promise.resolve(platform),
    // A page's device is new, but the browser remembers shaders: only its first one is cold.
    coldStarts: { start: (of) => coldStep(() => platform.webgpu, of), rounds: 1, where: 'page' },
    trl: null,
  });
  // Awaited, so that a refusal comes before anything is measured.
  await window.benchMessage({ kind: 'device', device: describeAdapter(session.opened.adapter) });
  await run?.(session);
  await window.benchMessage({ kind: 'log', line: 'done' });
};
