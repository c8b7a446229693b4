import { describe, expect, it } from 'vitest';
import { parseMailDate } from './date';

// Expected values follow from RFC 5322 and, for the broken forms, from Python's email.utils.
describe('parseMailDate', () => {
  it.each<[string, string | null]>([
    ['Tue, 29 Aug 2000 01:26:00 -0700 (PDT)', '2000-08-29T08:26:00Z'],
    ['Mon, 31 Dec 2001 20:30:05 -0800', '2002-01-01T04:30:05Z'],
    ['1 Jan 2001 00:00 GMT', '2001-01-01T00:00:00Z'],
    ['Thu, 22 Aug 2002 18:26:25 +0700', '2002-08-22T11:26:25Z'],
    ['Thu, 13 Feb 1969 23:32:54 -0330 (Newfoundland (nested) Time)', '1969-02-14T03:02:54Z'],
    ['21 Nov 97 09:55:06 EST', '1997-11-21T14:55:06Z'],
    ['21 Nov 03 09:55 PDT', '2003-11-21T16:55:00Z'],
    ['21 Nov 103 09:55', '2003-11-21T09:55:00Z'],
    ['Tue, 5 Feb 0002 10:00:00 +0000', '2002-02-05T10:00:00Z'],
    ['Fri, 21 Nov 1997 10:01:10 Z', '1997-11-21T10:01:10Z'],
    ['Fri, 21 Nov 1997 10:01:10 XYZ', '1997-11-21T10:01:10Z'],
    ['Fri, 21 Nov 1997 10:01:10 GMT+0200', '1997-11-21T08:01:10Z'],
    ['Thu Aug 22 12:36:23 2002', '2002-08-22T12:36:23Z'],
    ['Thu Aug 22 12:36:23 PDT 2002', '2002-08-22T19:36:23Z'],
    ['22-Aug-2002 1:05 pm', '2002-08-22T13:05:00Z'],
    ['2001-05-14T16:39:00-07:00', '2001-05-14T23:39:00Z'],
    ['2001-05-14 16:39:00', '2001-05-14T16:39:00Z'],
    ['2001-05-14', '2001-05-14T00:00:00Z'],
    ['Sat, 29 Feb 2020 12:00:00 +0000', '2020-02-29T12:00:00Z'],
    ['Fri, 29 Feb 2019 12:00:00 +0000', null],
    ['Fri, 32 Jan 2019 12:00:00 +0000', null],
    ['Fri, 1 Foo 2019 12:00:00 +0000', null],
    ['Fri, 1 Jan 2019 25:00:00 +0000', null],
    ['Fri, 1 Jan 2019 12:00:00 +9900', null],
    ['Wed, 15 Dec 2010    59:10 -0500', null],
    ['Meeting 12', null],
    ['', null],
    ['((((', null],
  ])('%s', (header, expected) => {
    const time = parseMailDate(header);
    expect(time === null ? null : new Date(time).toISOString().replace('.000', '')).toBe(expected);
  });
});
