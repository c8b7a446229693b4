/** Random draws across threads: a stream is sent as the numbers with which it begins. */
import { Random } from '../../random/philox';

export type Key3 = readonly [number, number, number];

/** The three draws that `start` of a defined environment takes. */
export function drawKey(random: Random): Key3 {
  return [random.uint32(), random.uint32(), random.uint32()];
}

/** Draws the key's own numbers first, so that an episode started with it is the one that its origin would have started. */
export class KeyedRandom extends Random {
  readonly #given: number[];

  constructor(key: Key3) {
    super(key[0], 'keyed', key[1], key[2]);
    this.#given = [...key];
  }

  override uint32(): number {
    return this.#given.shift() ?? super.uint32();
  }
}
