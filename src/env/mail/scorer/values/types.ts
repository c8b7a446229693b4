/** What dates, times, amounts and numbers to call say, in a form that can be compared. */

/** A day of the calendar; the year may be left open. Months and days from 1. */
export interface Day {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

export type Shift = 'next' | 'last' | 'this';

export type Value =
  /** Several readings: `10/03/2025` is in March or in October. `weekday` 0 (Sunday) to 6 where it is written. */
  | { readonly kind: 'date'; readonly readings: readonly Day[]; readonly weekday: number | null }
  /** Said from another day: "tomorrow", "next Friday". `days` are what it may mean; empty without that other day. */
  | {
      readonly kind: 'relative';
      readonly name: string;
      readonly weekday: number | null;
      readonly shift: Shift | null;
      readonly days: readonly Day[];
    }
  | { readonly kind: 'month'; readonly year: number | null; readonly month: number }
  | { readonly kind: 'quarter'; readonly year: number | null; readonly quarter: number }
  /** `open`: without am or pm, so it may be twelve hours later. */
  | { readonly kind: 'time'; readonly minutes: number; readonly open: boolean; readonly zone: string | null }
  | Quantity
  | { readonly kind: 'ordinal'; readonly number: number }
  /** Digits without country code; `extension` ''. */
  | { readonly kind: 'phone'; readonly digits: string; readonly extension: string }
  | { readonly kind: 'range'; readonly from: Value; readonly to: Value };

/** Unit: a key of the table of units, an ISO currency, `%`, or null for a plain number. */
export interface Quantity {
  readonly kind: 'quantity';
  readonly amount: number;
  readonly unit: string | null;
  /** As written, where the form may matter: `2.10`, `007`. */
  readonly digits: string;
  /** A word that is rarely a number: "one". */
  readonly weak: boolean;
  /** Another reading of the same text: `12m`. */
  readonly other?: Quantity;
}

/** What a value is held to be beside its number: "more than 5" is not 5. */
export type Bound = 'over' | 'under' | 'least' | 'most' | 'almost' | 'before' | 'after';

/** Found at a place of a text: the value and where it ends. */
export interface FoundValue {
  readonly value: Value;
  readonly end: number;
}
