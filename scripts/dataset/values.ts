/** The things asked for: dates, amounts, codes, … Every value belongs to one split by its hash. */
import type { Split } from '../../src/env/types';
import type { Random } from '../../src/random/philox';
import { FIRST_NAMES, drawFor, drawName } from './names';

export type ValueType = 'date' | 'amount' | 'code' | 'time' | 'room' | 'count' | 'person' | 'town';

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
]; // prettier-ignore
const CODE_LETTERS = 'ABCDEFGHKLMNPQRSTVWXZ';
const ROOM_LETTERS = 'ABCDEFGH';

const two = (n: number): string => String(n).padStart(2, '0');

/** @param taken values and surnames already used in this inbox; the new one is added. */
export function drawValue(type: ValueType, split: Split, taken: Set<string>, random: Random): string {
  const letter = (letters: string): string => letters[random.integer(letters.length)] as string;
  switch (type) {
    case 'date':
      return drawFor(split, taken, () => `${String(1 + random.integer(28))} ${random.pick(MONTHS)}`);
    case 'amount':
      return drawFor(split, taken, () => `$${String(100 + random.integer(900))}0`);
    case 'code':
      return drawFor(split, taken, () => letter(CODE_LETTERS) + String(1000 + random.integer(9000)));
    case 'time':
      return drawFor(split, taken, () => `${two(8 + random.integer(11))}:${two(5 * random.integer(12))}`);
    case 'room':
      return drawFor(split, taken, () => letter(ROOM_LETTERS) + String(10 + random.integer(90)));
    case 'count':
      return drawFor(split, taken, () => String(12 + random.integer(600)));
    case 'person':
      return `${random.pick(FIRST_NAMES)} ${drawName('surname', split, taken, random)}`;
    case 'town':
      return drawName('town', split, taken, random);
    default:
      return type satisfies never;
  }
}

/** Other wordings of a value that a scorer should accept. */
export function aliasesOf(type: ValueType, value: string): string[] {
  switch (type) {
    case 'date': {
      const [day, month] = value.split(' ');
      return [`${month ?? ''} ${day ?? ''}`];
    }
    case 'amount':
      return [`${value.slice(1)} dollars`, `$${value.slice(1, -3)},${value.slice(-3)}`];
    case 'room':
      return [`room ${value}`];
    case 'code':
    case 'time':
    case 'count':
    case 'person':
    case 'town':
      return [];
    default:
      return type satisfies never;
  }
}
