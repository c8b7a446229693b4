/** One benchmark in a process of its own: what one leaves behind (buffers, caches, a lost device) reaches no other. */
import { createDawnGpu, describeAdapter, isSoftware } from '../runtime/dawn';
import { BENCHMARKS } from './catalog';
import { quietPolling } from './polling';
import { TASK_VARIABLE, type ChildMessage, type ChildTask } from './protocol';
import { openSession } from './session';

const send = (message: ChildMessage) => process.send?.(message);

const { benchmark, arch, ids } = JSON.parse(process.env[TASK_VARIABLE] ?? '{}') as ChildTask;
quietPolling();
const run = await BENCHMARKS[benchmark]?.load();
const session = await openSession(await createDawnGpu(), {
  arch,
  software: isSoftware,
  tellsCpu: true,
  wanted: (id) => ids.includes(id),
  emit: (row) => void send({ kind: 'row', row }),
  log: (line) => void send({ kind: 'log', line }),
});
send({ kind: 'device', device: describeAdapter(session.opened.adapter) });
await run?.(session);
// Libraries leave timers and devices behind. Messages are written before the channel closes.
process.disconnect();
process.exit(0);
