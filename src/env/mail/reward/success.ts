import { isUnanswerable } from '../abstention';
import type { EpisodeOutcome } from '../types';

/** A right answer, or abstaining from a question that has none. */
export function succeeded({ question, rubric }: EpisodeOutcome): boolean {
  return rubric.returned_i_dont_know ? isUnanswerable(question) : rubric.answer_correct;
}
