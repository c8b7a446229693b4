/** One question asked to one policy: runs its tool calls and keeps the rubric. */
import { isAbstention, isUnanswerable, type AbstentionMatch } from './abstention';
import { openingMessages, type PromptStyle } from './prompts';
import { emptyRubric } from './rubric';
import { SearchHistory, searchKeyOf, type SearchKey } from './search-history';
import { MIN_RESULT_LENGTH, renderError, renderHits, renderMail, type RenderedResult } from './tool-results';
import { checkArguments, isToolName, TOOL_SCHEMAS, type CheckedCall } from './tools';
import { AgentError, type EndReason, type Episode, type EpisodeOutcome, type RewardPreset, type TurnAction } from './types';
import { type ChatMessage, type ToolCall, type ToolResult, type Turn } from '../../conversation/types';
import { MAX_RESULTS } from './corpus/query';
import { CorpusError, type MailStore, type Question, type SearchQuery } from './corpus/types';
import type { ToolCallParser } from '../../chat/parse/types';
import type { ParsedCall } from '../../conversation/types';

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
  readonly parse: ToolCallParser;
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

export function createEpisode(options: EpisodeOptions): Episode {
  const { maxTurns, maxResults = MAX_RESULTS } = options;
  if (!Number.isInteger(maxTurns) || maxTurns < 1) {
    throw new AgentError(
      `An episode needs maxTurns >= 1, got ${maxTurns}. Set maxTurns to a positive integer.`,
    );
  }
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > MAX_RESULTS) {
    throw new AgentError(`maxResults is ${maxResults}; it must be an integer from 1 to ${MAX_RESULTS}.`);
  }
  return new MailEpisode({
    ...episodeRules('default'),
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
}

class MailEpisode implements Episode {
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

  act(text: string, resultBudget: number): TurnAction {
    this.#assertRunning('act');
    const turn = this.#rubric.num_turns++;
    const parsed = this.#options.parse(text);
    const calls = parsed.map((call, index): ToolCall => ({
      id: `call_${turn}_${index}`,
      name: call.name,
      arguments: call.arguments ?? {},
      ...(call.arguments === null ? { malformed: true } : {}),
    }));
    const results: ToolResult[] = [];
    let end: EndReason | null = null;
    if (calls.length === 0) {
      this.#rubric.cant_parse_tool_call = true;
      end = 'unparsable';
    }
    let budget = resultBudget;
    for (const [index, call] of calls.entries()) {
      // Every later result must still get the shortest possible JSON.
      const reserve = MIN_RESULT_LENGTH * (calls.length - 1 - index);
      const ran = this.#run(parsed[index], budget - reserve);
      budget -= ran.rendered.content.length;
      results.push({ callId: call.id, name: call.name, isError: ran.isError, ...ran.rendered });
      end = ran.ends;
      if (end !== null) break;
    }
    this.#turns.push({ text, calls, results });
    if (end === null && this.#rubric.num_turns >= this.#options.maxTurns) end = 'out-of-turns';
    if (end !== null) {
      this.#finish(end);
      return { kind: 'end' };
    }
    return {
      kind: 'continue',
      messages: results.map(({ callId, name, content }) => ({
        role: 'tool',
        content,
        tool_call_id: callId,
        name,
      })),
    };
  }

  abort(reason: Extract<EndReason, 'out-of-context'>): void {
    this.#assertRunning('abort');
    this.#finish(reason);
  }

  addTokens(inputTokens: number, outputTokens: number): void {
    this.#rubric.total_input_tokens += inputTokens;
    this.#rubric.total_output_tokens += outputTokens;
  }

  get outcome(): EpisodeOutcome {
    if (this.#endReason === null) {
      throw new AgentError(
        `The episode of question "${this.question.id}" is still running after ${this.#turns.length} turns. ` +
          'Read outcome after act() answered "end" or after abort().',
      );
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
    throw new AgentError(
      `${what}() was called on the episode of question "${this.question.id}", which has ended (${this.#endReason}). ` +
        'Create a new episode.',
    );
  }

  #run(parsed: ParsedCall | undefined, budget: number): Ran {
    if (parsed === undefined || parsed.arguments === null) {
      return this.#badCall('bad_tool_call_args', 'The arguments are not a JSON object.', budget);
    }
    const { name } = parsed;
    if (!isToolName(name)) {
      const known = TOOL_SCHEMAS.map((tool) => tool.function.name).join(', ');
      const what = name === '' ? 'The call has no name' : `There is no tool "${name.slice(0, 40)}"`;
      return this.#badCall('bad_tool_call_name', `${what}; the tools are ${known}.`, budget);
    }
    const checked = checkArguments(name, parsed.arguments);
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
    return { rendered: renderError(message, budget), isError: true, ends };
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
      const rendered = renderError(`No mail has the id "${id.slice(0, 40)}".`, budget);
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
    if (isAbstention(call.answer, this.#options.abstention)) {
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
