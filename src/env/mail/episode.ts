/** One question about mail: runs the policy's tool calls and keeps the rubric. */
import type { ChatMessage, ParsedTurn, ToolCall, ToolResult, Turn } from '../../conversation/types';
import { type Episode, type Outcome, type Step } from '../types';
import { STOP } from '../../conversation/stop';
import { quoted } from '../tool-arguments';
import { abstainsFrom, isUnanswerable, type AbstentionMatch } from './abstention';
import { turnValues } from './advantage';
import { MAX_RESULTS } from './corpus/query';
import { CorpusError, type MailStore, type Question, type SearchQuery } from './corpus/types';
import { openingMessages, type PromptStyle } from './prompts';
import { rewardFor } from './reward';
import { emptyRubric } from './rubric';
import { SearchHistory, searchKeyOf, type SearchKey } from './search-history';
import { MIN_RESULT_LENGTH, renderError, renderHits, renderMail, type RenderedResult } from './tool-results';
import { checkArguments, isToolName, TOOL_SCHEMAS, type CheckedCall } from './tools';
import { AgentError, type EndReason, type EpisodeOutcome, type RewardPreset } from './types';

/** Whether an answer is right. Throwing means "cannot tell" and makes the episode unscorable. */
export type AnswerScorer = (question: Question, answer: string) => boolean;

/** What decides the rubric beyond the policy's own doing. */
export interface EpisodeRules {
  readonly searchKey: SearchKey;
  readonly abstention: AbstentionMatch;
  /** After a call that cannot be run: end the episode, or tell the policy and go on. The flag is set either way. */
  readonly toolErrors: 'end' | 'message';
}

export interface EpisodeOptions extends Partial<EpisodeRules> {
  readonly question: Question;
  readonly store: MailStore;
  /** >= 1. */
  readonly maxTurns: number;
  /** Decides reward and values of turns; default `default`. */
  readonly rewardPreset?: RewardPreset;
  /** Absent: answers are not scored, as for a question without a known answer. */
  readonly score?: AnswerScorer;
  /** Default `full`. */
  readonly promptStyle?: PromptStyle;
  /** Cap on the hits of every search, 1 to 10; default 10. */
  readonly maxResults?: number;
  /** Default true. */
  readonly snippetMarks?: boolean;
  /** Default `day`. */
  readonly mailDate?: 'day' | 'minute';
}

/** The rules that belong to a reward preset. */
export function episodeRules(preset: RewardPreset): EpisodeRules {
  const own: EpisodeRules = { searchKey: 'full', abstention: 'normalised', toolErrors: 'end' };
  return preset === 'seed' ? { ...own, searchKey: 'seed', abstention: 'exact' } : own;
}

export function createEpisode(options: EpisodeOptions): MailEpisode {
  const { maxTurns, maxResults = MAX_RESULTS } = options;
  if (!Number.isInteger(maxTurns) || maxTurns < 1) {
    throw AgentError.of('agent/max-turns', { found: maxTurns });
  }
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > MAX_RESULTS) {
    throw AgentError.of('agent/max-results', { found: maxResults, most: MAX_RESULTS });
  }
  return new MailEpisode({
    ...episodeRules(options.rewardPreset ?? 'default'),
    rewardPreset: 'default',
    promptStyle: 'full',
    snippetMarks: true,
    mailDate: 'day',
    ...options,
    maxResults,
    score: options.score ?? null,
  });
}

type ResolvedOptions = Required<Omit<EpisodeOptions, 'score'>> & { readonly score: AnswerScorer | null };

/** What running one call led to: a result for the policy, and possibly the end. */
interface Ran {
  readonly rendered: RenderedResult;
  readonly isError: boolean;
  readonly ends: EndReason | null;
  readonly refused?: 'name' | 'arguments';
}

/** Also tells the record that the rewards are made from, for tests and recordings. */
export class MailEpisode implements Episode {
  readonly question: Question;
  readonly messages: readonly ChatMessage[];
  readonly tools = TOOL_SCHEMAS;
  readonly #options: ResolvedOptions;
  readonly #rubric = emptyRubric();
  readonly #history = new SearchHistory(this.#rubric);
  readonly #turns: Turn[] = [];
  #answer: string | null = null;
  #endReason: EndReason | null = null;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.question = options.question;
    this.messages = openingMessages(options.question, {
      maxTurns: options.maxTurns,
      style: options.promptStyle,
    });
  }

  step(turn: ParsedTurn, budget: number): Step {
    this.#assertRunning('step');
    this.#rubric.num_turns++;
    const { calls } = turn;
    const results: ToolResult[] = [];
    let end: EndReason | null = null;
    // Where a bad call ends the episode, broken ones beside good ones were never looked at, and alone they are no calls:
    // as in the original system, whose rewards these are.
    const broken = this.#options.toolErrors === 'message' ? (turn.broken ?? []) : [];
    if (calls.length === 0 && broken.length === 0) {
      this.#rubric.cant_parse_tool_call = true;
      end = STOP.unparsable;
    }
    let left = budget;
    for (const [index, call] of calls.entries()) {
      // Every later result must still get the shortest possible JSON.
      const reserve = MIN_RESULT_LENGTH * (calls.length + broken.length - 1 - index);
      const ran = this.#run(call, left - reserve);
      const { content, truncated, emailIds } = ran.rendered;
      left -= content.length;
      results.push({
        callId: call.id,
        name: call.name,
        content,
        isError: ran.isError,
        truncated,
        ...(ran.refused === undefined ? {} : { refused: ran.refused }),
        data: { emailIds },
      });
      end = ran.ends;
      if (end !== null) break;
    }
    for (const [index, { id, name }] of broken.entries()) {
      if (end !== null) break;
      const reserve = MIN_RESULT_LENGTH * (broken.length - 1 - index);
      const { rendered } = this.#badCall(
        'bad_tool_call_args',
        'The call is no complete JSON.',
        left - reserve,
      );
      const { content, truncated, emailIds } = rendered;
      left -= content.length;
      const refused = 'broken';
      results.push({ callId: id, name, content, isError: true, truncated, refused, data: { emailIds } });
    }
    this.#turns.push({ ...turn, results });
    if (end !== null) this.#finish(end);
    return { results, done: end !== null };
  }

  truncate(reason: typeof STOP.outOfContext | typeof STOP.outOfTurns): void {
    this.#assertRunning('truncate');
    this.#finish(reason);
  }

  outcome(): Outcome {
    const { record } = this;
    const { rewardPreset, maxTurns } = this.#options;
    const isScorable = record.endReason !== STOP.unscorable;
    return {
      turns: record.turns,
      stopCondition: record.endReason,
      success: record.rubric.answer_correct,
      answer: record.answer,
      metrics: Object.fromEntries(
        Object.entries(record.rubric).map(([name, value]) => [name, Number(value)]),
      ),
      rewards: { [rewardPreset]: isScorable ? rewardFor(rewardPreset)(record, maxTurns) : null },
      turnValues: turnValues(record, rewardPreset),
    };
  }

  /** @throws AgentError while the episode is running */
  get record(): EpisodeOutcome {
    if (this.#endReason === null) {
      throw AgentError.of('agent/running', { question: this.question.id, turns: this.#turns.length });
    }
    return {
      question: this.question,
      turns: [...this.#turns],
      endReason: this.#endReason,
      answer: this.#answer,
      rubric: { ...this.#rubric },
    };
  }

  #assertRunning(what: string): void {
    if (this.#endReason === null) return;
    throw AgentError.of('agent/ended', { call: what, question: this.question.id, reason: this.#endReason });
  }

  #run(call: ToolCall, budget: number): Ran {
    if (call.malformed === true) {
      return this.#badCall('bad_tool_call_args', 'The arguments are not a JSON object.', budget);
    }
    const { name } = call;
    if (!isToolName(name)) {
      const known = TOOL_SCHEMAS.map((tool) => tool.function.name).join(', ');
      const what = name === '' ? 'The call has no name' : `There is no tool ${quoted(name)}`;
      return this.#badCall('bad_tool_call_name', `${what}; the tools are ${known}.`, budget);
    }
    const checked = checkArguments(name, call.arguments);
    if (!checked.ok) return this.#badCall('bad_tool_call_args', checked.error, budget);
    switch (checked.call.name) {
      case 'search_emails':
        return this.#search(checked.call.query, budget);
      case 'read_email':
        return this.#read(checked.call.id, budget);
      case 'return_final_answer':
        return this.#finalAnswer(checked.call);
    }
  }

  #badCall(flag: 'bad_tool_call_args' | 'bad_tool_call_name', message: string, budget: number): Ran {
    this.#rubric[flag] = true;
    const ends = this.#options.toolErrors === 'end' ? 'bad-call' : null;
    const refused = flag === 'bad_tool_call_name' ? 'name' : 'arguments';
    return { rendered: renderError(message, budget), isError: true, ends, refused };
  }

  #search(query: Omit<SearchQuery, 'inbox'>, budget: number): Ran {
    const { maxResults: cap, searchKey, store } = this.#options;
    const limited = { ...query, maxResults: Math.min(query.maxResults ?? cap, cap) };
    try {
      const hits = this.#history.record(searchKeyOf(limited, searchKey), () =>
        store.search({ ...limited, inbox: this.question.inbox }),
      );
      const rendered = renderHits(hits, budget, this.#options);
      if (rendered.emailIds.some((id) => this.#isReference(id))) this.#rubric.ever_found_right_email = true;
      return { rendered, isError: false, ends: null };
    } catch (error) {
      if (!(error instanceof CorpusError)) throw error;
      return this.#badCall('bad_tool_call_args', error.message, budget);
    }
  }

  #read(id: string, budget: number): Ran {
    const mail = this.#options.store.read(id);
    if (mail === null) {
      this.#rubric.ever_tried_to_read_invalid_email = true;
      const rendered = renderError(`No mail has the id ${quoted(id)}.`, budget);
      return { rendered, isError: true, ends: null };
    }
    const rendered = renderMail(mail, budget, this.#options);
    if (rendered.emailIds.some((shown) => this.#isReference(shown)))
      this.#rubric.ever_read_right_email = true;
    return { rendered, isError: false, ends: null };
  }

  #finalAnswer(call: Extract<CheckedCall, { name: 'return_final_answer' }>): Ran {
    const rubric = this.#rubric;
    this.#answer = call.answer;
    rubric.num_sources = call.sourceCount;
    let ends: EndReason = 'answered';
    if (abstainsFrom(this.question, call.answer, this.#options.abstention)) {
      rubric.returned_i_dont_know = true;
      rubric.answer_correct = isUnanswerable(this.question);
    } else {
      rubric.attempted_answer = true;
      rubric.sources_correct = call.sources.some((id) => this.#isReference(id));
      try {
        rubric.answer_correct = this.#options.score?.(this.question, call.answer) ?? false;
      } catch {
        // A judge that fails says nothing about the policy: the caller leaves the episode out of its group.
        ends = 'unscorable';
      }
    }
    return { rendered: FINAL_RESULT, isError: false, ends };
  }

  #isReference(id: string): boolean {
    return this.question.emailIds.includes(id);
  }

  #finish(reason: EndReason): void {
    const rubric = this.#rubric;
    rubric.ran_out_of_turns = rubric.num_turns >= this.#options.maxTurns && !rubric.attempted_answer;
    rubric.gave_up_too_early = rubric.returned_i_dont_know && !rubric.ran_out_of_turns;
    this.#endReason = reason;
  }
}

/** Never reaches the policy, since the episode is over. */
const FINAL_RESULT: RenderedResult = { content: '{}', emailIds: [], truncated: false };
