/** What can be said of the task without opening it. */
import type { AnyDefinition } from '../definition';
import { describe } from '../describe';
import { rules } from './rules';

export const info = describe(rules as unknown as AnyDefinition);
