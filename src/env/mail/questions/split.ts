/** Which questions train, validate and test: never two of one group in two splits. */
import { streamOf } from '../../../random/philox';
import type { Split, Stage } from '../../types';
import type { PreparedMail } from './types';

/** `thread`: by a hash of the conversation. `time`: the newest conversations test, those before them validate. */
export type SplitBy = 'thread' | 'time';

export interface SplitOptions {
  readonly by: SplitBy;
  /** Whether a mail belongs to people who are kept for testing; then only their mail tests. */
  readonly isHeldOut: ((mail: PreparedMail) => boolean) | null;
}

/** Share of the groups that validates, and again that tests. */
const SHARE = 0.1;

/** By group. @param mails those asked about */
export function splitsOf(
  mails: readonly PreparedMail[],
  { by, isHeldOut }: SplitOptions,
): Map<string, Split> {
  const groups = new Map<string, { heldOut: boolean; latest: number }>();
  for (const mail of mails) {
    const known = groups.get(mail.group);
    groups.set(mail.group, {
      heldOut: (known?.heldOut ?? false) || isHeldOut?.(mail) === true,
      latest: Math.max(known?.latest ?? -Infinity, mail.email.date ?? -Infinity),
    });
  }
  const free = [...groups].filter(([, { heldOut }]) => !heldOut);
  const order = (name: string): number => hash(`split ${name}`);
  free.sort(
    ([a, x], [b, y]) => (by === 'time' ? y.latest - x.latest : 0) || order(a) - order(b) || (a < b ? -1 : 1),
  );
  const size = free.length < 3 ? 0 : Math.max(1, Math.floor(free.length * SHARE));
  const test = isHeldOut === null ? size : 0;
  const splits = new Map<string, Split>();
  for (const [i, [name]] of free.entries()) {
    splits.set(name, i < test ? 'test' : i < test + size ? 'validation' : 'train');
  }
  for (const [name, { heldOut }] of groups) if (heldOut) splits.set(name, 'test');
  return splits;
}

/** A half of the groups for each. */
export function stageOf(group: string): Stage {
  return hash(`half ${group}`) % 2 === 0 ? 'warm-start' : 'policy';
}

/** FNV-1a with the bits of the result mixed, as names that end alike otherwise lie close together. */
function hash(text: string): number {
  let mixed = streamOf(text);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
