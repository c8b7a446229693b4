/** Running time of a run: pauses do not count, and from the last steps follows what is left. */

/** Clock of the present run, milliseconds of one monotonic clock. Pauses do not count. */
export interface RunClock {
  readonly startedAt: number;
  readonly pausedAt: number | null;
  readonly pausedMs: number;
  readonly endedAt: number | null;
  /** Running time at the end of each step seen in this session, with the step's number. */
  readonly marks: readonly { readonly step: number; readonly ms: number }[];
}

/** Running time so far, without pauses. */
export function runningMs(clock: RunClock, now: number): number {
  return (clock.endedAt ?? clock.pausedAt ?? now) - clock.startedAt - clock.pausedMs;
}

export function halted(clock: RunClock | null, at: number): RunClock | null {
  return clock === null || clock.pausedAt !== null ? clock : { ...clock, pausedAt: at };
}

export function continued(clock: RunClock | null, at: number): RunClock | null {
  if (clock === null || clock.pausedAt === null) return clock;
  return { ...clock, pausedAt: null, pausedMs: clock.pausedMs + at - clock.pausedAt };
}

export function stopped(clock: RunClock | null, at: number): RunClock | null {
  const going = continued(clock, at);
  return going === null ? null : { ...going, endedAt: at };
}

export function marked(clock: RunClock | null, step: number, at: number): RunClock | null {
  return clock === null ? null : { ...clock, marks: [...clock.marks, { step, ms: runningMs(clock, at) }] };
}

/** Steps over which the speed is averaged. */
const SPEED_WINDOW = 10;

/** Estimate of the running time still needed, seconds; null before the second step of this session. */
export function secondsLeft(clock: RunClock, maxSteps: number, now: number): number | null {
  const last = clock.marks.at(-1);
  const first = clock.marks.at(-1 - SPEED_WINDOW) ?? clock.marks[0];
  if (last === undefined || first === undefined || last.step === first.step) return null;
  const perStep = (last.ms - first.ms) / (last.step - first.step);
  const left = perStep * (maxSteps - last.step) - (runningMs(clock, now) - last.ms);
  return Math.max(0, left / 1000);
}
