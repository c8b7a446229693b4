/** Fallback of every family: a JSON call without any marks around it. */
import { callOf, looksLikeCall } from './call';
import { objectsIn } from './json';
import type { ParsedCall } from '../../conversation/types';

/** The first JSON object with a name and arguments. */
export function bareCall(text: string): ParsedCall[] {
  for (const object of objectsIn(text, looksLikeCall)) return [callOf(object)];
  return [];
}
