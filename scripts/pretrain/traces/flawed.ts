/**
 * Traces of a careless player: the right skills under bad habits, so that reinforcement learning has something to do.
 * It searches with wrong words, reads the wrong hit, answers too early or leaves the format; what it answers after
 * reading the right mail is right.
 */
import { renderCall } from '../../../src/chat/parse/hermes';
import { READ_EMAIL, RETURN_FINAL_ANSWER, SEARCH_EMAILS } from '../../../src/env/mail/tools';
import type { MailStore } from '../../../src/env/mail/corpus/types';
import type { Random } from '../../../src/random/philox';
import { I_DONT_KNOW, type Candidate } from '../../dataset/inbox';
import { KINDS } from '../../dataset/kinds';
import { play, TASK, type Segment } from './play';

/** Probabilities of doing the right thing, per occasion. */
export interface Care {
  readonly search: number;
  readonly read: number;
  /** Reads before it answers. */
  readonly patience: number;
  readonly format: number;
}

export const DEFAULT_CARE: Care = { search: 0.35, read: 0.7, patience: 0.65, format: 0.94 };

/** Ids in a search result, in order. */
const hitIds = (result: string): string[] =>
  Array.from(result.matchAll(/"message_id":"([^"]+)","snippet"/g), ([, id]) => id ?? '');

export function flawedTrace(
  candidate: Candidate,
  all: readonly Candidate[],
  store: MailStore,
  care: Care,
  random: Random,
): Segment[] {
  const right = candidate.trace?.read;
  const goodSearch = renderCall(SEARCH_EMAILS, candidate.trace?.search ?? {});
  let searches = 0;
  let hits: string[] = [];
  let read: string | null = null;
  const happens = (p: number): boolean => random.uniform() < p;
  const answer = (text: string, sources: readonly string[]): string => {
    if (!happens(care.format)) return happens(0.5) ? text : `{"answer":"${text}"}`;
    return renderCall(RETURN_FINAL_ANSWER, { answer: text, source_message_ids: sources });
  };
  const abstain = (): string => answer(I_DONT_KNOW, []);
  const search = (good: boolean): string => {
    searches++;
    return good ? goodSearch : renderCall(SEARCH_EMAILS, { keywords: wrongKeywords(candidate, random) });
  };
  const readMail = (id: string): string => {
    read = id;
    return renderCall(READ_EMAIL, { message_id: id });
  };

  return [
    ...play({ ...candidate, id: 'trace' }, store, ({ turn, result }) => {
      if (turn === 0) return search(happens(care.search));
      if (read !== null) {
        if (read === right) return answer(candidate.answer, [read]);
        if (right !== undefined && hits.includes(right) && turn < TASK.maxTurns - 1 && happens(0.5)) {
          return readMail(right);
        }
        return wrongAnswer(read) ?? abstain();
      }
      hits = hitIds(result);
      if (right !== undefined && hits.includes(right)) {
        if (!happens(care.patience)) return abstain();
        const others = hits.filter((id) => id !== right);
        return readMail(happens(care.read) || others.length === 0 ? right : random.pick(others));
      }
      if (right === undefined && searches > 0 && happens(care.patience)) return abstain();
      if (searches < 2 && happens(0.5)) return search(happens(0.7));
      return hits.length > 0 && happens(0.5) ? readMail(random.pick(hits)) : abstain();
    }).segments,
  ];

  /** A fact of the wrong mail, as a reader would take it who did not look at the subject. */
  function wrongAnswer(id: string): string | null {
    const facts = all.filter((other) => other.asked === id);
    return facts.length === 0 ? null : answer(random.pick(facts).answer, [id]);
  }
}

/** Words of the question, or the right name with a wrong topic. */
function wrongKeywords(candidate: Candidate, random: Random): string[] {
  const good = (candidate.trace?.search['keywords'] ?? []) as readonly string[];
  const [name = '', topic = ''] = good;
  const words = candidate.question
    .split(/[^A-Za-z]+/)
    .filter((word) => word.length > 3 && !good.includes(word));
  const others = KINDS.map((kind) => kind.name).filter((other) => other !== topic);
  return random.pick([
    [topic],
    [name, random.pick(others)],
    [random.pick(words.length === 0 ? others : words)],
  ]);
}
