/** Cold starts of Node, in processes of their own. */
import { fork } from 'node:child_process';
import { programBeside } from '../runtime/program';
import type { ArchName } from './archs';
import { COLD_ARCH_VARIABLE, type ColdStart } from './protocol';

export function inFreshProcess(arch: ArchName): Promise<ColdStart> {
  const child = fork(programBeside('cold-child', import.meta.url), [], {
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
