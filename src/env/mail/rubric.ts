import type { Rubric } from './types';

/** The rubric of an episode in which nothing has happened yet. */
export function emptyRubric(): Rubric {
  return {
    answer_correct: false,
    sources_correct: false,
    num_turns: 0,
    attempted_answer: false,
    ever_found_right_email: false,
    ever_read_right_email: false,
    cant_parse_tool_call: false,
    bad_tool_call_name: false,
    bad_tool_call_args: false,
    ran_out_of_turns: false,
    returned_i_dont_know: false,
    num_sources: 0,
    ever_tried_to_read_invalid_email: false,
    num_repeated_searches: 0,
    num_zero_result_searches: 0,
    repeated_zero_result_search: false,
    num_unique_searches: 0,
    num_total_searches: 0,
    num_retry_after_zero: 0,
    gave_up_too_early: false,
  };
}
