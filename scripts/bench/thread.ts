/** CPU time of the thread that runs JavaScript, apart from the compiler's, the collector's and a software GPU's. */
import { readFileSync } from 'node:fs';

/** Milliseconds of CPU of the main thread; NaN where the system does not tell (other than Linux). */
export function mainThreadNow(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return NaN;
  }
}
