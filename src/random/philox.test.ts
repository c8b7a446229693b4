import { describe, expect, it } from 'vitest';
import { philox4x32, Random } from './philox';

describe('philox4x32', () => {
  // Known-answer vectors published with the Random123 library (kat_vectors, philox4x32-10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('counter %j key %j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe('Random', () => {
  it('repeats for equal arguments and differs otherwise', () => {
    const draw = (r: Random) => Array.from({ length: 9 }, () => r.uint32());
    expect(draw(new Random(1, 'a', 2, 3))).toEqual(draw(new Random(1, 'a', 2, 3)));
    const others = [
      new Random(2, 'a', 2, 3),
      new Random(1, 'b', 2, 3),
      new Random(1, 'a', 3, 3),
      new Random(1, 'a', 2, 4),
    ];
    for (const other of others) expect(draw(other)).not.toEqual(draw(new Random(1, 'a', 2, 3)));
  });

  it('has the moments of a standard normal', () => {
    const random = new Random(7, 'normal');
    const x = Array.from({ length: 20000 }, () => random.normal());
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });

  it('shuffles without loss', () => {
    const shuffled = new Random(3, 's').shuffle([1, 2, 3, 4, 5, 6, 7]);
    expect(shuffled.slice().sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});
