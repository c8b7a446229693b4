import type { Foreign } from './types';

/** A short picture of a JSON value that was found where another was wanted, as data. */
export type Picture =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'list'; readonly isEmpty: boolean }
  /** The first of its keys, and how many there are beside them; long ones are cut. */
  | { readonly kind: 'object'; readonly keys: readonly string[]; readonly more: number }
  /** A long text is cut. */
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null };

/** A value as JSON, cut where it is long; null where there is none. */
export type Shown = string | null;

/** Why a line of JSON Lines cannot be read: the parser's words, or what it holds instead of an object. */
export type LineProblem = { readonly notJson: Foreign } | { readonly found: Picture };
