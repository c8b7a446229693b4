/**
 * Milliseconds since the epoch, as of the start of this process or worker and counted on from there: never backwards,
 * whatever happens to the clock of the machine, so that differences are durations.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
