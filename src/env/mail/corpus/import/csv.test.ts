import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from './csv';

describe('csvRows', () => {
  it.each<[string, string[][]]>([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '"x, y","line 1\nline 2"\r\nz,',
      [
        ['x, y', 'line 1\nline 2'],
        ['z', ''],
      ],
    ],
    ['"say ""hi""",""\n', [['say "hi"', '']]],
    [
      ',\n\n,,',
      [
        ['', ''],
        ['', '', ''],
      ],
    ],
    ['"a"b,c', [['ab', 'c']]],
    ['"keeps\r\n"\r\n', [['keeps\r\n']]],
    ['', []],
  ])('%j', (text, rows) => {
    expect([...csvRows(text)]).toEqual(rows);
  });

  it('reads back what quoting wrote', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect([...csvRows(text)]).toEqual(rows);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('says where an open quote began', () => {
    expect(() => [...csvRows('a,b\nc,"d\ne')]).toThrow(/opens on line 2 is never closed/);
  });
});
