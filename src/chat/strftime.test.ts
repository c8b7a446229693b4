import { expect, it } from 'vitest';
import { dayOf } from '../settings/template';
import { strftime } from './strftime';

/** Python's `datetime(2024, 7, 6, 15, 4, 9).strftime(...)` in the C locale. */
it.each([
  ['%d %b %Y', '06 Jul 2024'],
  ['%d %B %Y %H:%M:%S', '06 July 2024 15:04:09'],
  ['%A, %a %e %-d %I:%M %p', 'Saturday, Sat  6 6 03:04 PM'],
  ['%j %U %W %u %w %y', '188 26 27 6 6 24'],
  ['%F %T %R %D', '2024-07-06 15:04:09 15:04 07/06/24'],
  ['100%% %Q %', '100% %Q %'],
])('%s', (format, text) => {
  expect(strftime(new Date(Date.UTC(2024, 6, 6, 15, 4, 9)), format)).toBe(text);
});

it.each([
  ['2024-07-26', '2024-07-26T00:00:00.000Z'],
  ['2023-02-29', null],
  ['26 Jul 2024', null],
  ['2024-7-6', null],
])('%s is a day: %s', (text, day) => {
  expect(dayOf(text)?.toISOString() ?? null).toBe(day);
});
