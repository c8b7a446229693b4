/** `--maxMinutes`: a job that will be killed at a known time ends by itself before, with everything saved. */
import { CommandError } from '../runtime/command-error';

/** Some three weeks, the longest that a timer takes. */
const MOST = 35_000;

/** @returns null where no limit is given @throws CommandError */
export function readMinutes(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = Number(text);
  if (text.trim() !== '' && minutes > 0 && minutes <= MOST) return minutes;
  throw new CommandError(`maxMinutes is '${text}'; write a number above 0, at most ${MOST}.`);
}

export interface TimeLimit {
  isOver(): boolean;
  cancel(): void;
}

/**
 * @param started when the limit began to count, as `performance.now()` tells it
 * @param onOver called once, when the time is over
 */
export function stopAfter(minutes: number | null, started: number, onOver: () => void): TimeLimit {
  let over = false;
  if (minutes === null) return { isOver: () => over, cancel: () => undefined };
  const left = Math.max(0, started + minutes * 60_000 - performance.now());
  const timer = setTimeout(() => {
    over = true;
    onOver();
  }, left);
  return { isOver: () => over, cancel: () => clearTimeout(timer) };
}
