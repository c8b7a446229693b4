/**
 * Regular expressions of rows, run by RE2JS: time grows with the length of the text alone, so that no pattern from a file
 * can hang a run, as `(a+)+b` does with JavaScript's own. Loaded only for `check: pattern`.
 */
import { RE2JS } from 're2js';
import type { Place } from '../../errors/texts/place';
import { EnvironmentError } from '../errors';
import type { Judge } from './checks';

/** @throws EnvironmentError naming the row whose pattern cannot be read. */
export type PatternCompiler = (answer: string, where: Place) => Judge;

const PLACEHOLDER = '{answer}';

/**
 * @param pattern the setting: `row`, or a pattern for all rows
 * @throws EnvironmentError when a pattern for all rows cannot be read.
 */
export function patternCompiler(pattern: string, ignoreCase: boolean): PatternCompiler {
  const flags = ignoreCase ? RE2JS.CASE_INSENSITIVE : 0;
  const judge = (source: string, where: Place): Judge => {
    const compiled = compile(source, flags, where);
    return (given) => compiled.test(given);
  };
  if (pattern === 'row') return judge;
  const filled = (answer: string): string => pattern.replaceAll(PLACEHOLDER, () => RE2JS.quote(answer));
  compile(filled('answer'), flags, [{ setting: 'pattern' }]);
  return (answer, where) => judge(filled(answer), where);
}

function compile(source: string, flags: number, where: Place): RE2JS {
  try {
    return RE2JS.compile(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw EnvironmentError.of('environment/pattern', { where, pattern: source.slice(0, 80), reason });
  }
}
