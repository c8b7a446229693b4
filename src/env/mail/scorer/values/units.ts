/** Units and currencies, and when two quantities are the same. */
import type { Quantity } from './types';

interface Unit {
  readonly dimension: string;
  /** In the dimension's first unit. */
  readonly factor: number;
}

const table: Record<string, Unit> = {};
const NAMES: Record<string, string> = {};

/** @param names the first is the unit's key */
function unit(dimension: string, factor: number, names: string): void {
  const all = names.split('|');
  const key = all[0] ?? '';
  table[key] = { dimension, factor };
  for (const name of all) NAMES[name] = key;
}

unit('length', 1, 'm|meter|meters|metre|metres');
unit('length', 1000, 'km|kms|kilometer|kilometers|kilometre|kilometres');
unit('length', 0.01, 'cm|centimeter|centimeters|centimetre|centimetres');
unit('length', 0.001, 'mm|millimeter|millimeters|millimetre|millimetres');
unit('length', 1609.344, 'mile|miles|mi');
unit('length', 0.3048, 'ft|foot|feet');
unit('length', 0.9144, 'yd|yard|yards');
unit('length', 0.0254, 'inch|inches');
unit('mass', 1, 'g|gram|grams|gramme|grammes');
unit('mass', 1000, 'kg|kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes');
unit('mass', 0.001, 'mg|milligram|milligrams');
unit('mass', 1e6, 't|ton|tons|tonne|tonnes|metric tons|metric tonnes|metric ton');
unit('mass', 453.59237, 'lb|lbs');
unit('mass', 28.349523125, 'oz|ounce|ounces');
unit('volume', 1, 'l|liter|liters|litre|litres');
unit('volume', 0.001, 'ml|milliliter|milliliters|millilitre|millilitres');
unit('volume', 3.785411784, 'gal|gallon|gallons');
unit('barrels', 1, 'bbl|bbls|barrel|barrels');
unit('duration', 1 / 1440, 'min|mins|minute|minutes');
unit('duration', 1 / 86400, 's|sec|secs|second|seconds');
unit('duration', 1 / 24, 'h|hr|hrs|hour|hours');
unit('duration', 1, 'day|days|d|calendar days|calendar day|consecutive days');
unit('duration', 7, 'week|weeks|wk|wks');
unit('duration', 14, 'fortnight|fortnights');
unit('duration', 30, 'month|months|mo|mos|calendar months');
unit('duration', 365, 'year|years|yr|yrs|calendar years');
unit('business days', 1, 'business day|business days|working day|working days|workday|workdays|bd');
unit('data', 1, 'byte|bytes');
unit('data', 1e3, 'kb|kilobyte|kilobytes');
unit('data', 1e6, 'mb|megabyte|megabytes|megs|meg');
unit('data', 1e9, 'gb|gig|gigs|gigabyte|gigabytes');
unit('data', 1e12, 'tb|terabyte|terabytes');
unit('rate', 1, 'mbps|mbit/s|mb/s');
unit('rate', 1000, 'gbps|gbit/s');
unit('power', 1, 'kw|kilowatt|kilowatts');
unit('power', 1e3, 'mw|megawatt|megawatts|megs of power');
unit('power', 1e6, 'gw|gigawatt|gigawatts');
unit('power', 1e-3, 'watt|watts');
unit('energy', 1, 'kwh|kilowatt-hours|kilowatt hours');
unit('energy', 1e3, 'mwh|megawatt-hours|megawatt hours');
unit('energy', 1e6, 'gwh|gigawatt-hours|gigawatt hours');
unit('heat', 1, 'mmbtu|mmbtus');
unit('gas', 1, 'mcf');
unit('gas', 1e6, 'bcf');
unit('speed', 1, 'km/h|kph|kmh');
unit('speed', 1.609344, 'mph|miles per hour');
unit('area', 1, 'm2|sqm|square meters|square metres|square meter|sq m');
unit('area', 0.09290304, 'ft2|sqft|sq ft|sq. ft.|sq. ft|square feet|square foot');
unit('area', 4046.8564224, 'acre|acres');
unit('area', 10000, 'ha|hectare|hectares');
unit('celsius', 1, '°c|c|degrees celsius|degrees centigrade|degrees c|deg c|celsius');
unit('fahrenheit', 1, '°f|f|degrees fahrenheit|degrees f|deg f|fahrenheit');
unit('degrees', 1, '°|degrees|degree');
unit('%', 1, '%|percent|per cent|pct|pct.');
unit('points', 1, 'points|percentage points|percentage point|pts|point|pp');
unit('points', 0.01, 'bps|basis points|basis point|bp');
unit('USD', 1, 'USD|$|us$|usd|dollar|dollars|us dollars|u.s. dollars|bucks|buck');
unit('USD', 0.01, 'cent|cents|¢');
unit('EUR', 1, 'EUR|€|eur|euro|euros');
unit('GBP', 1, 'GBP|£|gbp|pounds sterling|sterling|quid');
unit('pound', 1, 'pound|pounds');
unit('CAD', 1, 'CAD|c$|ca$|cad|canadian dollars');
unit('AUD', 1, 'AUD|a$|au$|aud|australian dollars');
unit('CHF', 1, 'CHF|chf|swiss francs|francs');
unit('JPY', 1, 'JPY|¥|jpy|yen');
unit('INR', 1, 'INR|₹|inr|rupees|rs|rs.');

/** Single letters are units only where they touch the number or stand after one blank. */
const SUFFIXES = Object.keys(NAMES)
  .filter((name) => !/^[A-Z]{3}$|^[$€£₹]$/.test(name))
  .concat('$', '€', '£', '₹')
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[.$]/g, '\\$&').replace(/ /g, '\\s+'));
export const UNIT_AFTER = new RegExp(`(?:\\s?|-)(?<unit>${SUFFIXES.join('|')})(?![\\p{L}\\d])`, 'yiu');
export const CURRENCY_BEFORE = '(?:US\\$|CA\\$|AU\\$|[CA]\\$|USD|EUR|GBP|CAD|AUD|CHF|JPY|INR|Rs\\.?|[$€£¥₹])';

/** The key of a unit's written form. */
export function unitKey(written: string): string | null {
  const name = written.toLowerCase().replace(/\s+/g, ' ').trim();
  return NAMES[name] ?? null;
}

/** Quantities of one dimension can be compared; a plain number has none. */
export function dimensionOf({ unit: key }: Quantity): string | null {
  return key === null ? null : (table[key]?.dimension ?? key);
}

/** The amount in the dimension's own unit. */
export function baseAmount({ amount, unit: key }: Quantity): number {
  return amount * (key === null ? 1 : (table[key]?.factor ?? 1));
}

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(a);
const MONTHS: Readonly<Record<string, number>> = { month: 1, year: 12 };

/** Same amount of the same thing. A unit that only one side tells is not held against it. */
export function sameQuantity(gold: Quantity, given: Quantity): boolean {
  for (const a of [gold, gold.other]) {
    for (const b of [given, given.other]) {
      if (a !== undefined && b !== undefined && sameReading(a, b)) return true;
    }
  }
  return false;
}

function sameReading(gold: Quantity, given: Quantity): boolean {
  if (gold.unit === null || given.unit === null) {
    if (gold.unit === '%' && given.unit === null && isShare(given))
      return close(gold.amount / 100, given.amount);
    if (gold.unit === null && given.unit === '%' && isShare(gold))
      return close(gold.amount, given.amount / 100);
    return gold.unit === null && given.unit === null
      ? sameNumber(gold, given)
      : close(gold.amount, given.amount);
  }
  const a = dimensionOf(gold);
  const b = dimensionOf(given);
  // A pound is money or a weight.
  if (a !== b && (a === 'pound' || b === 'pound')) {
    const other = a === 'pound' ? given : gold;
    const fits = dimensionOf(other) === 'GBP' || other.unit === 'lb';
    return fits && close(gold.amount, given.amount);
  }
  if (a === 'degrees' || b === 'degrees') {
    const isHeat = [a, b].every((name) => /^(?:degrees|celsius|fahrenheit)$/.test(name ?? ''));
    return isHeat && close(gold.amount, given.amount);
  }
  if (a !== b) return false;
  const [months, others] = [MONTHS[gold.unit], MONTHS[given.unit]];
  if (months !== undefined && others !== undefined) return close(gold.amount * months, given.amount * others);
  return close(baseAmount(gold), baseAmount(given));
}

function isShare({ amount, digits }: Quantity): boolean {
  return amount > 0 && amount < 1 && /\./.test(digits);
}

/** Leading zeros make a number a name: 007 is not 7. */
function sameNumber(gold: Quantity, given: Quantity): boolean {
  if (/^0\d{2,}$/.test(gold.digits) || /^0\d{2,}$/.test(given.digits)) return gold.digits === given.digits;
  return close(gold.amount, given.amount) || gold.amount === given.amount;
}
