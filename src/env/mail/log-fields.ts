/** The original system's fields of an evaluation's log that only mail has. */
import type { JsonObject } from '../../conversation/types';
import { mean, sum } from '../../statistics';
import type { Outcome } from '../types';
import type { Rubric } from './types';

/** @param outcomes of scorable episodes */
export function mailLogFields(outcomes: readonly Outcome[]): JsonObject {
  const total = (field: keyof Rubric) => sum(outcomes.map(({ metrics }) => metrics[field] ?? 0));
  const idk = outcomes.filter(({ metrics }) => metrics['returned_i_dont_know'] === 1);
  return {
    attempted_answer: total('attempted_answer'),
    found_correct_email: total('ever_found_right_email'),
    read_correct_email: total('ever_read_right_email'),
    total_repeated_searches: total('num_repeated_searches'),
    total_unique_searches: total('num_unique_searches'),
    total_searches: total('num_total_searches'),
    avg_turns_idk: idk.length === 0 ? null : mean(idk.map(({ turns }) => turns.length)),
    avg_search_attempts: outcomes.length === 0 ? 0 : total('num_total_searches') / outcomes.length,
    num_idk: idk.length,
  };
}
