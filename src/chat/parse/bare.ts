/** Fallback of every family: a JSON call without any marks around it. */
import { beginsLikeCall, brokenCall, callOf, looksLikeCall } from './call';
import { objectsIn } from './json';
import type { ParsedCall } from '../../conversation/types';
import type { CallForm } from './types';

/** The first JSON object with a name and arguments, also inside other text: small models leave out marks. */
export function bareCall(text: string): ParsedCall[] {
  for (const object of objectsIn(text, looksLikeCall)) return [callOf(object)];
  return beginsLikeCall(text) ? [brokenCall(text)] : [];
}

export const BARE: CallForm = {
  parse: (text) => bareCall(text),
  write: (calls) => calls.map((call) => JSON.stringify(call)).join(''),
  marks: [],
};
