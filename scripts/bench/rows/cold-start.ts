/** How long the first training step takes when nothing was compiled before, in processes of their own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stepSize, type ArchName } from '../archs';
import { plainRow } from '../measure';
import { COLD_ARCH_VARIABLE, type ColdStart } from '../protocol';
import type { Session } from '../session';
import { median } from '../statistics';

const ROUNDS = 3;

export async function coldStartRows(session: Session): Promise<void> {
  const { arch, software, basis } = session;
  const runs: ColdStart[] = [];
  for (let i = 0; i < ROUNDS; i++) runs.push(await inFreshProcess(arch));
  const of = (step: 'first' | 'second', kind: 'wall' | 'cpu') =>
    median(runs.map((run) => run[step][kind])) / 1000;
  const { sequences, length } = stepSize(arch, software);
  const pair = (kind: 'wall' | 'cpu') => ({ ours: 1000 * of('first', kind), peer: null, ratio: null });
  const [{ programs }] = runs as [ColdStart];
  session.emit(
    plainRow({
      id: `cold-start/${arch}`,
      what: `from opening the device to the end of the first step of all parameters over ${sequences} x ${length} tokens, in a fresh process`,
      unit: basis === 'cpu' ? 'CPU s' : 's',
      ours: of('first', basis),
      wall: pair('wall'),
      cpu: pair('cpu'),
      rounds: ROUNDS,
      note: `${programs} programs, Mesa's shader cache off; second step ${of('second', 'cpu').toFixed(2)} CPU s, ${of('second', 'wall').toFixed(2)} s on the clock`,
    }),
  );
}

function inFreshProcess(arch: ArchName): Promise<ColdStart> {
  const child = fork(fileURLToPath(new URL('../cold-child.ts', import.meta.url)), [], {
    env: { ...process.env, MESA_SHADER_CACHE_DISABLE: 'true', [COLD_ARCH_VARIABLE]: arch },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.on('message', (found) => resolve(found as ColdStart));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      reject(new Error(`the fresh process ended with ${code ?? signal} before its second step`)),
    );
  });
}
