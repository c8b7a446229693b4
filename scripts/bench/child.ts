/** One benchmark in a process of its own: what one leaves behind (buffers, caches, a lost device) reaches no other. */
import { createDawnGpu, describeAdapter, isSoftware } from '../runtime/dawn';
import { nodePlatform } from '../runtime/node-platform';
import { BENCHMARKS } from './catalog';
import { inFreshProcess } from './cold-process';
import { TASK_VARIABLE, type ChildMessage, type NodeTask } from './protocol';
import { openSession } from './session';

const send = (message: ChildMessage) => process.send?.(message);

const { benchmark, arch, ids, trl } = JSON.parse(process.env[TASK_VARIABLE] ?? '{}') as NodeTask;
// Nobody listens any more: the command was stopped.
process.on('disconnect', () => process.exit(1));
// An empty event loop makes Node wait for the compiler threads of WebAssembly, minutes at worst, before it goes on.
setInterval(() => undefined, 1000);
const run = await BENCHMARKS[benchmark]?.load();
const session = await openSession(await createDawnGpu(), {
  arch,
  software: isSoftware,
  tellsCpu: true,
  wanted: (id) => ids.includes(id),
  emit: (row) => void send({ kind: 'row', row }),
  log: (line) => void send({ kind: 'log', line }),
  platform: () => nodePlatform(() => undefined),
  coldStarts: { start: inFreshProcess, rounds: 3, where: 'process' },
  trl,
});
send({ kind: 'device', device: describeAdapter(session.opened.adapter) });
await run?.(session);
// Libraries leave timers and devices behind. The last message must have left before the process goes.
process.send?.({ kind: 'log', line: 'done' } satisfies ChildMessage, () => process.exit(0));
