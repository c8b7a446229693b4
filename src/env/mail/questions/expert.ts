/** The expert's episode of a question, found by searching and played through the environment's own tools. */
import type { ParsedTurn } from '../../../conversation/types';
import { I_DONT_KNOW } from '../abstention';
import type { EmailId, Question } from '../corpus/types';
import { createEpisode } from '../episode';
import type { ExpertCall } from '../expert';
import { scoreAnswer } from '../scorer';
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS } from '../tools';
import { emailIdsOf } from '../types';
import type { Mailbox } from './mail/mailbox';
import type { Proposal, Topic } from './types';

/** What a policy will see, which an expert must make do with. */
export interface ExpertLimits {
  /** Most hits of a search. */
  readonly searchLimit: number;
  /** Most characters of a result. */
  readonly resultLength: number;
}

export interface FoundExpert {
  readonly calls: readonly ExpertCall[];
  /** Mails that the search showed. */
  readonly hits: number;
}

/** A hit further down is passed over in favour of another search. */
const WORST_RANK = 3;
const MOST_KEYWORDS = 6;
const FIRST_KEYWORDS = 3;

/**
 * The first search by words of the question that shows the mail, best at the top: three words of its subject, then more,
 * then fewer. Null when none does, when its results do not show what the answer rests on, or when the answer is not
 * judged right.
 */
export function findExpert(
  proposal: Proposal,
  question: Question,
  mailbox: Mailbox,
  limits: ExpertLimits,
): FoundExpert | null {
  let best: { calls: readonly ExpertCall[]; hits: number; rank: number } | null = null;
  for (const search of searches(proposal)) {
    const hits = mailbox.store
      .search({
        inbox: question.inbox,
        keywords: search.keywords,
        ...days(search),
        maxResults: limits.searchLimit,
      })
      .map(({ id }) => id);
    const planned = plan(proposal, search, hits);
    if (planned === null || (best !== null && best.rank <= planned.rank)) continue;
    if (!succeeds(question, proposal, planned.calls, mailbox, limits)) continue;
    best = { ...planned, hits: hits.length };
    if (best.rank === 0) break;
  }
  return best;
}

interface Search {
  readonly keywords: readonly string[];
  readonly day: string | null;
}

function* searches({ reference }: Proposal): Generator<Search> {
  const all = asWritten(reference.topic);
  // Words before numbers: the same numbers stand in many mails.
  const words = [...all.filter((word) => /\p{L}/u.test(word)), ...all.filter((word) => !/\p{L}/u.test(word))];
  const lists = [
    words.slice(0, FIRST_KEYWORDS),
    words.slice(0, MOST_KEYWORDS),
    words.slice(0, 2),
    ...words.slice(1).map((word, i) => [words[i] ?? word, word]),
    ...words.map((word) => [word]),
  ].filter((keywords) => keywords.length > 0);
  const seen = new Set<string>();
  for (const day of reference.day === null ? [null] : [null, reference.day]) {
    for (const keywords of lists) {
      const key = JSON.stringify([day, keywords]);
      if (!seen.has(key)) yield { keywords, day };
      seen.add(key);
    }
  }
}

/** The topic's telling words as the question writes them, so that they can be copied from it. */
function asWritten({ text, words }: Topic): string[] {
  const lower = text.toLowerCase();
  let from = 0;
  return words.map((word) => {
    const after = lower.indexOf(word, from);
    const at = after >= 0 ? after : lower.indexOf(word);
    if (at < 0) return word;
    from = at + word.length;
    return text.slice(at, from);
  });
}

const DAY = 86_400_000;

function days({ day }: Search): { sentAfter?: string; sentBefore?: string } {
  return day === null ? {} : { sentAfter: day, sentBefore: dayAfter(day) };
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
}

/** The calls behind a search, and the rank of the first mail to read; null when the search does not serve. */
function plan(
  proposal: Proposal,
  search: Search,
  hits: readonly EmailId[],
): { calls: readonly ExpertCall[]; rank: number } | null {
  const call: ExpertCall = {
    name: SEARCH_EMAILS,
    arguments: {
      keywords: search.keywords,
      ...(search.day === null ? {} : { sent_after: search.day, sent_before: dayAfter(search.day) }),
    },
  };
  const read = (id: EmailId): ExpertCall => ({ name: READ_EMAIL, arguments: { message_id: id } });
  const answer = (text: string, ids: readonly EmailId[]): ExpertCall => ({
    name: RETURN_FINAL_ANSWER,
    arguments: { answer: text, source_message_ids: ids },
  });
  const { sources, readAll, mail } = proposal;
  if (sources.length === 0) {
    // Looking into the mail that it is about shows that it does not say.
    if (hits.length === 0) return { calls: [call, answer(I_DONT_KNOW, [])], rank: 0 };
    const rank = hits.indexOf(mail.email.id);
    return rank < 0 || rank > WORST_RANK
      ? null
      : { calls: [call, read(mail.email.id), answer(I_DONT_KNOW, [])], rank };
  }
  if (readAll !== undefined) {
    const ids = readAll.map(({ email }) => email.id);
    if (!ids.every((id) => hits.includes(id))) return null;
    return { calls: [call, ...ids.map(read), answer(proposal.answer, ids)], rank: 0 };
  }
  const ids = sources.map(({ email }) => email.id);
  const rank = hits.findIndex((id) => ids.includes(id));
  const id = hits[rank];
  if (id === undefined || rank > WORST_RANK) return null;
  return { calls: [call, read(id), answer(proposal.answer, [id])], rank };
}

/** Plays the calls under the limits: every result must show what the answer rests on. */
function succeeds(
  question: Question,
  { readAll, answer, sources }: Proposal,
  calls: readonly ExpertCall[],
  { store }: Mailbox,
  { searchLimit, resultLength }: ExpertLimits,
): boolean {
  const episode = createEpisode({
    question,
    store,
    maxTurns: calls.length,
    score: scoreAnswer,
    promptStyle: 'compact',
    maxResults: searchLimit,
  });
  const shown: string[] = [];
  const seen: EmailId[] = [];
  for (const [turn, call] of calls.entries()) {
    const parsed: ParsedTurn = { text: '', calls: [{ id: `call_${turn}_0`, ...call }] };
    for (const result of episode.step(parsed, resultLength).results) {
      if (call.name === READ_EMAIL) shown.push(result.content);
      else seen.push(...emailIdsOf(result));
    }
  }
  const { rubric } = episode.record;
  if (!rubric.answer_correct) return false;
  if (sources.length === 0) return true;
  if (!rubric.sources_correct || !rubric.ever_found_right_email) return false;
  const escaped = JSON.stringify(answer).slice(1, -1);
  return readAll === undefined
    ? shown.some((text) => text.includes(escaped))
    : readAll.every((mail) => seen.includes(mail.email.id));
}
