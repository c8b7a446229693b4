import { describe, expect, it } from 'vitest';
import { VALUE_KINDS } from './values';

const found = (id: string, text: string): [string, string | null][] =>
  (VALUE_KINDS.find((kind) => kind.id === id)?.find(text) ?? []).map((value) => [value.text, value.what]);

describe('values in text', () => {
  it.each([
    ['amount', 'The registration fee is $1,250.50 per head.', [['$1,250.50', 'the registration fee']]],
    ['amount', 'About $2.5 million was lost.', [['$2.5 million', null]]],
    ['amount', 'Between $3 and $4, or 3% of $5,000/month', [['$5,000', null]]],
    ['time', 'The staff meeting will be at 3:30 pm.', [['3:30 pm', 'the staff meeting']]],
    ['time', 'Open 2 pm - 4 pm; call before 9 a.m.', [['9 a.m.', null]]],
    ['date', 'Due Date: 10/12/2001', [['10/12/2001', 'the due date']]],
    ['date', 'From June 5-7, or on the 9th; later on July 4th, 2001.', [['July 4th, 2001', null]]],
    ['percentage', 'Turnout was 12.5 % (10-15% last year).', [['12.5 %', null]]],
    [
      'phone',
      'Fax: 713-555-0142, home 713-555-0100',
      [
        ['713-555-0142', 'the fax number'],
        ['713-555-0100', 'the home phone number'],
      ],
    ],
    ['phone', 'Order 12713-555-01429', []],
    [
      'email-address',
      'Write to ann@shop.example (see http://x.example/?m=bob@shop.example).',
      [['ann@shop.example', null]],
    ],
    ['web-address', 'See http://www.shop.example/a.html.', [['http://www.shop.example/a.html', null]]],
    ['postal-address', 'We moved to 12 Oak Street, Suite 4 in May.', [['12 Oak Street, Suite 4', null]]],
    [
      'code',
      'Invoice no. 4711 and passcode: 99-123',
      [
        ['4711', 'the invoice number'],
        ['99-123', 'the passcode'],
      ],
    ],
    ['contact', 'Please contact Mary Brown at once. Call Customer Care for help.', [['Mary Brown', null]]],
    [
      'role',
      'Mary Brown, Vice President of Sales, agreed.',
      [['Vice President of Sales', "Mary Brown's position"]],
    ],
    ['file', 'Attached. <<plan 2.xls>>', [['plan 2.xls', null]]],
    ['duration', 'It takes 90 days; she is 20 years old.', [['90 days', null]]],
    ['weekday', 'We meet on Tuesday.', [['Tuesday', null]]],
    ['place', 'Where: Blue Room, 2nd floor', [['Blue Room, 2nd floor', 'the location']]],
  ] as const)('%s: %s', (kind, text, expected) => {
    expect(found(kind, text)).toEqual(expected);
  });

  it('say where they stand', () => {
    for (const kind of VALUE_KINDS) {
      const text =
        'Room 3142, at the Lake Hotel: call 713-555-0142 at 3 pm on May 3 for $5 or 5% within 5 days. <<a.doc>>';
      for (const { start, end, text: value } of kind.find(text)) expect(text.slice(start, end)).toBe(value);
    }
  });
});
