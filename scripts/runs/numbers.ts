/** Numbers of command lines that make many runs. */
import { CommandError } from '../runtime/command-error';

/** A count of seeds above this is more likely meant as a seed. */
const MOST_SEEDS = 20;

/** `3` counts from the settings' seed; `42,43,44` are seeds themselves. */
export function readSeeds(value: string, first: number): number[] {
  const list = value.split(',').map((part) => part.trim());
  const numbers = list.map(Number);
  if (list.some((part) => !/^\d+$/.test(part)) || numbers.some((seed) => seed > 4_294_967_295)) {
    throw new CommandError(`seeds is '${value}'; give a count (3) or a list of whole numbers (42,43,44).`);
  }
  if (new Set(numbers).size !== numbers.length) {
    throw new CommandError(`seeds is '${value}', with repeats. Give each seed once.`);
  }
  if (numbers.length > 1) return numbers;
  const count = numbers[0] as number;
  if (count < 1 || count > MOST_SEEDS) {
    throw new CommandError(
      `seeds is '${value}': a number alone is a count from 1 to ${MOST_SEEDS}. For one certain seed give --seeds 1 --seed ${value}.`,
    );
  }
  return Array.from({ length: count }, (_, i) => first + i);
}

/** @param least the smallest that is allowed @throws CommandError */
export function readWhole(name: string, value: string | undefined, absent: number, least: number): number {
  if (value === undefined) return absent;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least) return number;
  throw new CommandError(`${name} is '${value}'; allowed: a whole number from ${least}.`);
}
