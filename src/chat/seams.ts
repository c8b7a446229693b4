/**
 * Whether a conversation of one dialect grows token by token, tried on probes when a model is loaded, and the texts at its
 * seams. A template that rewrites what was said before cannot be trained on: the policy would have seen other tokens.
 */
import type { ChatMessage, ToolMessage, ToolSchema } from '../conversation/types';
import { foreign, MailGymError } from '../errors';
import { seamWords, type SeamFault } from '../errors/texts/en/policy/chat';
import type { TokenId } from '../tokens/types';
import { turnOfResults, type Dialect } from './dialect';
import type { TextTokenizer } from './tokenizer';

/** Contents that no template writes by itself, so that they can be found in its output. */
const ANSWERS = ['zqfirstanswerqz', 'zqsecondanswerqz'] as const;
const RESULTS = ['zqfirstresultqz', 'zqsecondresultqz', 'zqthirdresultqz'] as const;
const SYSTEM = 'zqsystemqz.';
const QUESTION = 'zqquestionqz?';
export const PROBE_OPENING: readonly ChatMessage[] = [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: QUESTION },
];
const TOOL = 'zq_probe_tool';
const WORD = 'zq_word';
const DESCRIPTION = 'zqdescriptionqz';
/** Some templates change their form when there are tools, so the probes have one. */
export const PROBE_TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: {
      name: TOOL,
      description: 'Probe.',
      parameters: {
        type: 'object',
        properties: {
          [WORD]: { type: 'string', description: DESCRIPTION },
          zq_count: { type: 'integer', description: 'Count.' },
          zq_list: { type: 'array', items: { type: 'string' }, description: 'List.' },
        },
        required: [WORD],
      },
    },
  },
];
/** A call that tells forms apart: a text, a number, a list. */
export const PROBE_CALL = {
  name: TOOL,
  arguments: { zq_count: 2, zq_list: ['a', 'b c'], [WORD]: 'it is “so”' },
} as const;

export function probeResult(turn: number, index = turn): ToolMessage {
  return {
    role: 'tool',
    content: `{"result": "${RESULTS[index] ?? ''}"}`,
    tool_call_id: `call_${turn}_${index}`,
    name: TOOL,
  };
}

/** Renders a conversation in a dialect. */
export interface Renderer {
  readonly dialect: Dialect;
  render(messages: readonly ChatMessage[], tools: readonly ToolSchema[], open: boolean): string;
}

/** Why a dialect does not serve; the later the check, the more of the template fits. */
export class SeamProblem extends Error {
  readonly stage: number;
  readonly fault: SeamFault;

  constructor(stage: number, fault: SeamFault) {
    super(seamWords(fault));
    this.stage = stage;
    this.fault = fault;
  }
}

export class Seams {
  /** What the template writes after an assistant's turn up to and including the stop token. */
  readonly stop: string;
  /** Texts of the model's end-of-text tokens. */
  readonly ends: readonly string[];
  readonly #renderer: Renderer;
  readonly #tokenizer: TextTokenizer;

  /**
   * @param knowsTools whether the model needs no schemas, having been trained on these tools
   * @throws SeamProblem
   */
  constructor(
    renderer: Renderer,
    tokenizer: TextTokenizer,
    eosTokenIds: readonly TokenId[],
    knowsTools: boolean,
  ) {
    this.#renderer = renderer;
    this.#tokenizer = tokenizer;
    this.ends = eosTokenIds
      .map((id) => tokenizer.decode([id], { keepSpecial: true }))
      .filter((text) => text !== '');
    this.#checkPrompt(knowsTools);
    this.stop = this.#findStop();
    this.#checkAppendOnly();
    this.#checkTokenBoundary();
  }

  /** The stop token, the results and the header of the next turn. */
  after(results: readonly ToolMessage[]): string {
    return this.#fromStop(this.#split(this.#render([this.#turn(0, results), ...results], true), 0).after);
  }

  #render(messages: readonly ChatMessage[], open: boolean): string {
    try {
      return this.#renderer.render([...PROBE_OPENING, ...messages], PROBE_TOOLS, open);
    } catch (error) {
      if (!(error instanceof MailGymError)) throw error;
      throw new SeamProblem(messages.length === 0 ? 0 : 3, refusal(error));
    }
  }

  #turn(index: 0 | 1, results: readonly ToolMessage[]): ChatMessage {
    const { calls } = this.#renderer.dialect;
    return turnOfResults(calls ? '' : ANSWERS[index], results, calls, { [WORD]: ANSWERS[index] });
  }

  #checkPrompt(knowsTools: boolean): void {
    const prompt = this.#render([], true);
    if (!prompt.includes(SYSTEM)) throw new SeamProblem(1, 'no-system-prompt');
    if (!prompt.includes(QUESTION)) throw new SeamProblem(1, 'no-question');
    const isTold = [TOOL, WORD, DESCRIPTION].every((text) => prompt.includes(text));
    if (!isTold && !knowsTools) {
      throw new SeamProblem(2, prompt.includes(TOOL) ? 'no-arguments' : 'no-tools');
    }
  }

  #split(text: string, index: 0 | 1): { before: string; after: string } {
    const position = text.indexOf(ANSWERS[index]);
    if (position < 0) throw new SeamProblem(4, 'no-earlier-turn');
    return { before: text.slice(0, position), after: text.slice(position + ANSWERS[index].length) };
  }

  /** After a turn with calls, the rest of the call stands before the stop token. */
  #fromStop(after: string): string {
    return this.#renderer.dialect.calls ? after.slice(Math.max(0, after.indexOf(this.stop))) : after;
  }

  #findStop(): string {
    const { after } = this.#split(this.#render([this.#turn(0, [probeResult(0)]), probeResult(0)], false), 0);
    return this.#renderer.dialect.calls ? this.#stopAfterCall(after) : this.#stopAfterText(after);
  }

  #stopAfterText(after: string): string {
    const space = /^\s*/.exec(after)?.[0] ?? '';
    const rest = after.slice(space.length);
    const token = [...this.#tokenizer.addedTokens.keys(), ...this.ends]
      .filter((text) => rest.startsWith(text))
      .reduce((longest, text) => (text.length > longest.length ? text : longest), '');
    if (token !== '') return space + token;
    throw new SeamProblem(5, { noEnd: after.slice(0, 40) });
  }

  #stopAfterCall(after: string): string {
    const result = after.indexOf(RESULTS[0]);
    if (result < 0) throw new SeamProblem(6, 'no-results');
    const found = this.ends
      .map((text) => ({ text, at: after.indexOf(text) }))
      .filter(({ at }) => at >= 0 && at < result)
      .sort((a, b) => a.at - b.at || b.text.length - a.text.length)[0];
    if (found !== undefined) return found.text;
    throw new SeamProblem(5, 'no-end-before-result');
  }

  /**
   * The text of a conversation must begin with the text of every shorter one, apart from what the template rewrites
   * inside assistant turns: those are never rendered again (Qwen3 drops old thinking there).
   */
  #checkAppendOnly(): void {
    const prompt = this.#render([], true);
    const results = [[probeResult(0)], [probeResult(1)]] as const;
    const turn = [this.#turn(0, results[0]), ...results[0]];
    const oneOpen = this.#render(turn, true);
    const one = this.#withoutEnd(this.#render(turn, false), oneOpen);
    const two = this.#render([...turn, this.#turn(1, results[1]), ...results[1]], false);

    if (!sharePrefix(prompt, this.#beforeTurn(this.#split(one, 0).before))) {
      throw new SeamProblem(7, 'prompt-changes');
    }
    this.#checkResult(this.#split(one, 0).after, 0);
    if (!oneOpen.startsWith(one)) {
      throw new SeamProblem(8, 'opening-changes');
    }
    const first = this.#split(one, 0).after;
    const between = this.#beforeTurn(this.#split(this.#split(two, 0).after, 1).before);
    const header = oneOpen.slice(one.length);
    if (!between.startsWith(first) || !sharePrefix(between.slice(first.length), header)) {
      throw new SeamProblem(8, 'result-changes');
    }
    const pair = [probeResult(0, 0), probeResult(0, 1)];
    const both = this.after(pair);
    for (const index of [0, 1] as const) this.#checkResult(both, index);
  }

  /** Some templates (Phi-3's) close a conversation that is not to go on with one more token. */
  #withoutEnd(text: string, open: string): string {
    const end = [this.#tokenizer.pretrained.eos_token ?? '', ...this.ends].find(
      (token) => token !== '' && text.endsWith(token) && open.startsWith(text.slice(0, -token.length)),
    );
    return open.startsWith(text) || end === undefined ? text : text.slice(0, -end.length);
  }

  /** With calls, what stands before a probe's word is the beginning of the call: the turn's own text. */
  #beforeTurn(text: string): string {
    if (!this.#renderer.dialect.calls) return text;
    const call = text.lastIndexOf(TOOL);
    const prompt = this.#render([], true);
    const header = this.#header();
    const at = header === '' ? -1 : text.lastIndexOf(header, call);
    if (at >= 0) return text.slice(0, at + header.length);
    return text.startsWith(prompt) ? prompt : text.slice(0, call);
  }

  /** What opens an assistant's turn, without a thought that it may hold. */
  #header(): string {
    const prompt = this.#render([], true);
    const closed = this.#render([], false);
    const header = prompt.startsWith(closed) ? prompt.slice(closed.length) : '';
    return header.replace(/<think>[\s\S]*$/, '').trimEnd();
  }

  /** As it stands, or as templates write it that put any text through JSON. */
  #checkResult(text: string, index: 0 | 1): void {
    const { content } = probeResult(0, index);
    if (text.includes(content) || text.includes(JSON.stringify(content).slice(1, -1))) return;
    throw new SeamProblem(6, text.includes(RESULTS[index]) ? 'results-rewritten' : 'no-results');
  }

  /** What is encoded piece by piece must be what the tokenizer makes of the whole. */
  #checkTokenBoundary(): void {
    const sampled = this.#render([], true) + ANSWERS[0];
    const after = this.after([probeResult(0)]);
    const stop = this.#tokenizer.encode(this.stop);
    const whole = this.#tokenizer.encode(sampled + after);
    const turn = this.#tokenizer.encode(sampled + this.stop);
    const rest = this.#tokenizer.encode(after);
    const joined = [...turn, ...rest.slice(stop.length)];
    const cut = [...this.#tokenizer.encode(sampled), ...rest];
    if (!equal(whole, joined) || !equal(whole, cut)) {
      throw new SeamProblem(9, 'tokens-depend');
    }
  }
}

/** What a template said when it refused, without what surrounds it. */
function refusal(error: MailGymError): SeamFault {
  return { refused: foreign(error.cause ?? error) };
}

/** One of the two begins with the other. */
function sharePrefix(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function equal(a: readonly TokenId[], b: readonly TokenId[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
