/** What can be said of the game without opening it, and without zod, which only its tool needs. */
import type { AnyDefinition } from '../definition';
import { describe } from '../describe';
import { rules } from './rules';

export const info = describe({ ...rules, tools: () => ({}) } as unknown as AnyDefinition);
