/** Runs scripted texts through the real episode, so that a trace is what the policy will meet. */
import { parsedTurn } from '../../../src/conversation/turn';
import { createEpisode } from '../../../src/env/mail/episode';
import { parseHermes } from '../../../src/chat/parse/hermes';
import type { MailStore, Question } from '../../../src/env/mail/corpus/types';
import type { EpisodeOutcome } from '../../../src/env/mail/types';

/** How the default policy meets its task; also written into its `config.json` as `mailgym`. */
export const TASK = { promptStyle: 'compact', searchLimit: 4, snippetTokens: 8, maxTurns: 4 } as const;

/** Characters that the results of one turn may take; more than any of them needs. */
const RESULT_BUDGET = 4000;

export interface Segment {
  readonly text: string;
  readonly source: 'context' | 'sampled';
}

export interface Played {
  readonly segments: readonly Segment[];
  readonly outcome: EpisodeOutcome | null;
}

/** What the script may look at before it writes its next turn. */
export interface Seen {
  readonly turn: number;
  /** Text of the last tool results; '' at the first turn. */
  readonly result: string;
}

/**
 * Plays one question. `script` answers the next assistant text, or null to stop before the episode ended (the outcome
 * is then null). Ends after {@link TASK}'s number of turns at the latest.
 */
export function play(question: Question, store: MailStore, script: (seen: Seen) => string | null): Played {
  const episode = createEpisode({
    question,
    store,
    maxTurns: TASK.maxTurns,
    score: (_, answer) => answer === question.answer,
    promptStyle: TASK.promptStyle,
    maxResults: TASK.searchLimit,
  });
  const opening = episode.messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join('');
  const segments: Segment[] = [{ text: `${opening}<|assistant|>`, source: 'context' }];
  let result = '';
  for (let turn = 0; ; turn++) {
    const text = script({ turn, result });
    if (text === null) return { segments, outcome: null };
    segments.push({ text: `${text}<|end|>`, source: 'sampled' });
    const { results, done } = episode.step(parsedTurn(text, parseHermes(text), turn), RESULT_BUDGET);
    if (!done && turn + 1 >= TASK.maxTurns) episode.truncate('out-of-turns');
    if (done || turn + 1 >= TASK.maxTurns) return { segments, outcome: episode.record };
    result = results.map(({ content }) => content).join('\n');
    const shown = results.map(({ content }) => `<|tool|>${content}<|end|>`).join('');
    segments.push({ text: `${shown}<|assistant|>`, source: 'context' });
  }
}
