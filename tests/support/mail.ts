/** Small stand-ins for tests of this room and its callers. Not part of the product. */
import {
  CorpusError,
  type Email,
  type MailStore,
  type Question,
  type SearchHit,
  type SearchQuery,
} from '../../src/env/mail/corpus/types';
import { emptyRubric } from '../../src/env/mail/rubric';
import type { EndReason, EpisodeOutcome, Rubric } from '../../src/env/mail/types';
import type { MailEpisode } from '../../src/env/mail/episode';
import { parserFor } from '../../src/chat/parse/registry';
import { parsedTurn as turnOfCalls } from '../../src/conversation/turn';
import type { ParsedTurn, Turn } from '../../src/conversation/types';
import type { Episode, Step } from '../../src/env/types';

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
    ...emptyRubric(),
    num_turns: 1,
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

/** A text in Hermes form as the turn that the driver hands to an episode. */
export function parsedTurn(text: string, turn = 0): ParsedTurn {
  return turnOfCalls(text, parserFor('hermes')(text), turn);
}

/** One turn said in Hermes form; `turn` numbers the calls. */
export function say(episode: Pick<MailEpisode, 'step'>, text: string, budget = 4000, turn = 0): Step {
  return episode.step(parsedTurn(text, turn), budget);
}

/** Plays the texts as the driver does, until the episode or its turns end; cuts it when they run out first. */
export function playTexts(
  episode: MailEpisode,
  texts: readonly string[],
  maxTurns: number,
  budget = 4000,
): EpisodeOutcome {
  for (const [turn, text] of texts.entries()) {
    if (say(episode, text, budget, turn).done) return episode.record;
    if (turn + 1 >= maxTurns) {
      episode.truncate('out-of-turns');
      return episode.record;
    }
  }
  episode.truncate('out-of-context');
  return episode.record;
}

/** The tool messages that the driver makes of a step's results. */
export const toolMessages = ({ results }: Awaited<ReturnType<Episode['step']>>) =>
  results.map(({ callId, name, content }) => ({ role: 'tool', name, tool_call_id: callId, content }));
