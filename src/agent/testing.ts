/** Small stand-ins for tests of this room and its callers. Not part of the product. */
import {
  CorpusError,
  type Email,
  type MailStore,
  type Question,
  type SearchHit,
  type SearchQuery,
} from '../corpus/types';
import type { EndReason, EpisodeOutcome, Rubric, Turn } from './types';

export const INBOX = 'ann@acme.example';

export function fakeMail(id: string, subject: string, body: string, more: Partial<Email> = {}): Email {
  return {
    id,
    messageId: `${id}@acme.example`,
    date: Date.UTC(2025, 1, 3, 9, 5),
    from: 'bob@acme.example',
    to: [INBOX],
    cc: [],
    bcc: [],
    subject,
    body,
    ...more,
  };
}

/** Substring search in order of the list; throws like the real store on a blank keyword. Records its queries. */
export function fakeStore(mails: readonly Email[]): MailStore & { readonly queries: SearchQuery[] } {
  const queries: SearchQuery[] = [];
  return {
    queries,
    size: mails.length,
    search(query): SearchHit[] {
      queries.push(query);
      if (query.keywords.some((keyword) => keyword.trim() === ''))
        throw new CorpusError('A keyword is blank.');
      const words = query.keywords.map((keyword) => keyword.toLowerCase());
      return mails
        .filter((mail) => words.every((word) => `${mail.subject} ${mail.body}`.toLowerCase().includes(word)))
        .slice(0, query.maxResults ?? 10)
        .map((mail) => ({ id: mail.id, snippet: `<b>${mail.subject}</b>` }));
    },
    read: (id) => mails.find((mail) => mail.id === id) ?? null,
    close: () => undefined,
  };
}

export function fakeQuestion(more: Partial<Question> = {}): Question {
  return {
    id: 'q1',
    question: 'What is the budget of Falcon?',
    answer: '$4,500',
    aliases: [],
    emailIds: ['m2'],
    inbox: INBOX,
    queryDate: '2025-03-04',
    family: 'single',
    level: 1,
    trace: { search: { keywords: ['Falcon', 'budget'] }, read: 'm2' },
    ...more,
  };
}

export function fakeRubric(more: Partial<Rubric> = {}): Rubric {
  return {
    answer_correct: false,
    sources_correct: false,
    num_turns: 1,
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
    total_input_tokens: 0,
    total_output_tokens: 0,
    num_repeated_searches: 0,
    num_zero_result_searches: 0,
    repeated_zero_result_search: false,
    num_unique_searches: 0,
    num_total_searches: 0,
    num_retry_after_zero: 0,
    gave_up_too_early: false,
    ...more,
  };
}

export function fakeOutcome(
  rubric: Partial<Rubric>,
  more: { question?: Partial<Question>; turns?: readonly Turn[]; endReason?: EndReason } = {},
): EpisodeOutcome {
  return {
    question: fakeQuestion(more.question),
    turns: more.turns ?? [],
    endReason: more.endReason ?? 'answered',
    answer: null,
    rubric: fakeRubric(rubric),
  };
}
