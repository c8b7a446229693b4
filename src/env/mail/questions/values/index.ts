/** All kinds of values, in the order in which they are asked for. */
import { emailAddress, postalAddress, webAddress } from './address';
import { amount } from './amount';
import { code } from './code';
import { date, weekday } from './date';
import { duration } from './duration';
import { file } from './file';
import { percentage } from './percentage';
import { contact, role } from './person';
import { phone } from './phone';
import { house, location, room } from './place';
import { time } from './time';
import type { ValueKind } from './types';

export const VALUE_KINDS: readonly ValueKind[] = [
  ...[
    code,
    phone,
    amount,
    time,
    date,
    percentage,
    emailAddress,
    webAddress,
    postalAddress,
    location,
    room,
    contact,
  ],
  ...[role, file, house, duration, weekday],
];
export type { FoundValue, ValueKind } from './types';
