import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK, rowWords, type PackedFormat } from './format';
import { WEIGHT_FORMATS } from '../../settings/choices';
import { packRows, unpackRows } from './pack';

/** Rows of one width, each with numbers up to a size between 2^-30 and 2^14. */
const matrices = fc.integer({ min: 1, max: 70 }).chain((width) =>
  fc
    .array(
      fc
        .tuple(
          fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: width, maxLength: width }),
          fc.integer({ min: -30, max: 14 }),
        )
        .map(([row, exponent]) => row.map((x) => (x / 1000) * 2 ** exponent)),
      { minLength: 1, maxLength: 4 },
    )
    .map((rows) => ({ width, rows: rows.length, data: Float32Array.from(rows.flat()) })),
);

const RUNS = { seed: 5, numRuns: 400 };

/** The numbers that share a scale. */
function* blocks(data: Float32Array, width: number) {
  for (let row = 0; row < data.length; row += width) {
    for (let c = 0; c < width; c += BLOCK) {
      yield [row + c, row + Math.min(width, c + BLOCK)] as const;
    }
  }
}

const largest = (x: Float32Array) => x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const there = (format: PackedFormat, data: Float32Array, width: number) =>
  unpackRows(format, packRows(format, data, width), width);

describe('what is read back', () => {
  test('f16: the nearest of all halves', () => {
    fc.assert(
      fc.property(matrices, ({ data, width }) => {
        const found = there('f16', data, width);
        return data.every((x, i) => {
          const spacing = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(x) || 1)) - 10);
          return Math.abs((found[i] as number) - x) <= spacing / 2;
        });
      }),
      RUNS,
    );
  });

  test('f16: every half as it is, ties to even, and nothing finite becomes infinite', () => {
    const halves = Uint32Array.from({ length: 0x8000 }, (_, i) => (2 * i) | ((2 * i + 1) << 16));
    const values = unpackRows('f16', halves, 4);
    // NaN has many forms; one of them comes back.
    const isNumber = values.map((x) => (Number.isNaN(x) ? 0 : x));
    const found = there('f16', isNumber, 4);
    expect(isNumber.findIndex((x, i) => !Object.is(x, found[i]))).toBe(-1);
    const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519, 70000, -1e30, 65504];
    expect([...there('f16', Float32Array.from(ties), 8)]).toEqual([
      ...[1, 1 + 2 ** -9, 0, 2 ** -23, 65504, 65504, -65504, 65504],
    ]);
    expect([...there('f16', Float32Array.from([NaN, -Infinity]), 2)]).toEqual([NaN, -Infinity]);
  });

  test.each([
    ['int8', 127, 127],
    // At most half a seventh of the largest weight, or an eighth where one is cut.
    ['int4', 7, 4],
  ] as const)('%s: errors within a block are bounded by its largest weight', (format, steps, bound) => {
    fc.assert(
      fc.property(matrices, ({ data, width }) => {
        const found = there(format, data, width);
        for (const [from, to] of blocks(data, width)) {
          const most = largest(data.subarray(from, to));
          const scale = most / steps;
          let worst = 0;
          let error = 0;
          let plain = 0;
          for (let i = from; i < to; i++) {
            const x = data[i] as number;
            const off = Math.abs((found[i] as number) - x);
            worst = Math.max(worst, off);
            error += off ** 2;
            plain += most === 0 ? 0 : (x - scale * Math.round(x / scale)) ** 2;
            // Zero stays zero.
            if (x === 0) expect(off).toBe(0);
            // Cut from 8 to 7 steps of an eighth; those 7 steps are rounded to float32.
            const cut = most - Math.fround((7 * most) / 8);
            if (Math.abs(x) === most) expect(off).toBeLessThanOrEqual(format === 'int8' ? 1e-6 * most : cut);
          }
          expect(worst).toBeLessThanOrEqual((most / (2 * bound)) * (1 + 1e-5));
          // Never worse than rounding to steps of the largest weight's 7th or 127th.
          expect(error).toBeLessThanOrEqual(plain * (1 + 1e-4) + 1e-9 * most ** 2);
        }
      }),
      RUNS,
    );
  });

  test('a weight that is not finite spoils its block, so that it shows', () => {
    const data = new Float32Array(64).fill(1);
    data[3] = NaN;
    for (const format of ['int8', 'int4'] as const) {
      const found = there(format, data, 64);
      expect(found.subarray(0, 32).every(Number.isNaN)).toBe(true);
      expect(found.subarray(32).every((x) => Math.abs(x - 1) < 1e-6)).toBe(true);
    }
  });
});

test('a row takes the words that its format says, whatever follows it', () => {
  expect(WEIGHT_FORMATS.map((format) => rowWords(format, 64))).toEqual([64, 32, 18, 10]);
  expect(WEIGHT_FORMATS.map((format) => rowWords(format, 33))).toEqual([33, 18, 18, 10]);
  fc.assert(
    fc.property(matrices, ({ data, width, rows }) => {
      for (const format of ['f16', 'int8', 'int4'] as const) {
        const words = packRows(format, data, width);
        expect(words.length).toBe(rows * rowWords(format, width));
        // Every row is packed by itself.
        const last = packRows(format, data.subarray((rows - 1) * width), width);
        expect(words.subarray((rows - 1) * rowWords(format, width))).toEqual(last);
      }
    }),
    RUNS,
  );
});
