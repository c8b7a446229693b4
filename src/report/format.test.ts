import { describe, expect, it } from 'vitest';
import * as format from './format';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [-0.5, '−0.500'],
    [12.345, '12.3'],
    [1234.5, '1235'],
    [123456, '123,456'],
    [0.000012, '1.2e-5'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [NaN, '–'],
    [null, '–'],
    [undefined, '–'],
  ])('number(%s) is %s', (value, text) => expect(format.number(value)).toBe(text));

  it.each([
    [1.234, '+1.23'],
    [-1.234, '−1.23'],
    [-0.0004, '0.00'],
    [0, '0.00'],
    [null, '–'],
  ])('signed(%s) is %s', (value, text) => expect(format.signed(value)).toBe(text));

  it.each([
    [0.02, '0.02'],
    [-0.5, '−0.5'],
    [10, '10'],
    [100, '100'],
    [0.1 + 0.2, '0.3'],
  ])('tick(%s) is %s', (value, text) => expect(format.tick(value)).toBe(text));

  it('writes shares as percentages', () => {
    expect(format.percent(0.256)).toBe('26 %');
    expect(format.percent(0.256, 1)).toBe('25.6 %');
    expect(format.percent(null)).toBe('–');
  });
});

describe('times and sizes', () => {
  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [4320, '1 h 12 min'],
  ])('duration(%s) is %s', (seconds, text) => expect(format.duration(seconds)).toBe(text));

  it.each([
    [null, 'estimating time left'],
    [4, 'a few seconds left'],
    [31, 'about 40 s left'],
    [61, 'about 2 min left'],
    [3700, 'about 1 h 05 min left'],
  ])('remaining(%s) is %s', (seconds, text) => expect(format.remaining(seconds)).toBe(text));

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * 1024 * 1024, '200 MiB'],
  ])('bytes(%s) is %s', (value, text) => expect(format.bytes(value)).toBe(text));

  it('counts things', () => {
    expect(format.count(1, 'file')).toBe('1 file');
    expect(format.count(2000, 'file')).toBe('2,000 files');
  });
});

it('shows invisible characters of a token', () => {
  expect(format.visibleToken(' a\n\t')).toBe('␣a⏎⇥');
  expect(format.visibleToken('')).toBe('(empty)');
});
