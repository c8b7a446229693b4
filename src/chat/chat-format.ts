/** {@link ChatFormat} of any model whose chat template only ever appends, rendered by transformers.js. */
import type { AssistantMessage, ChatMessage, ToolMessage, ToolSchema } from '../conversation/types';
import type { ChatFormat } from './types';
import type { TextTokenizer } from './tokenizer';
import { createTokenizer } from './tokenizer';
import type { ModelFiles } from '../formats/files';
import type { TokenId } from '../tokens/types';
import { PolicyError } from '../errors';

export interface ChatFormatOptions {
  /** Extra variables of the template, such as `{enable_thinking: false}` for Qwen3. */
  readonly templateArguments?: Readonly<Record<string, unknown>>;
  /** The model's end-of-text ids, from its config.json; default: the tokenizer's own. */
  readonly eosTokenIds?: readonly TokenId[];
  /** To share one with the caller; default: read from the files. */
  readonly tokenizer?: TextTokenizer;
}

/** Llama 3 writes today's date into its prompt unless told one; a resumed run must see the same tokens. */
const DEFAULT_ARGUMENTS = { date_string: '26 Jul 2024' };

/**
 * `stopIds[0]` is the token that the template writes after an assistant turn; the others are the model's end-of-text
 * ids, and a turn that ended with one of those counts as not stopped in `continuation`. In all contents, text that
 * spells a special token is broken up by a space, so no tool result can close a turn.
 * @throws PolicyError when the model has no chat template, or one that rewrites earlier turns.
 */
export async function createChatFormat(
  files: ModelFiles,
  options: ChatFormatOptions = {},
): Promise<ChatFormat> {
  const tokenizer = options.tokenizer ?? (await createTokenizer(files));
  if (!tokenizer.pretrained.chat_template) {
    throw new PolicyError(
      `${files.origin}: the model has no chat template (neither "chat_template" in tokenizer_config.json nor ` +
        `chat_template.jinja), so it cannot hold a conversation with tools. Use an instruction-tuned model.`,
    );
  }
  const own = tokenizer.pretrained.eos_token_id as TokenId | undefined;
  const eosTokenIds = options.eosTokenIds ?? (own === undefined ? [] : [own]);
  const template = new Template(
    tokenizer,
    { ...DEFAULT_ARGUMENTS, ...options.templateArguments },
    files.origin,
  );
  return new TemplateFormat(tokenizer, template, eosTokenIds, files.origin);
}

/** Renders conversations to text. */
class Template {
  readonly #tokenizer: TextTokenizer;
  readonly #arguments: Readonly<Record<string, unknown>>;
  readonly #origin: string;
  readonly #special: RegExp | null;

  constructor(
    tokenizer: TextTokenizer,
    templateArguments: Readonly<Record<string, unknown>>,
    origin: string,
  ) {
    this.#tokenizer = tokenizer;
    this.#arguments = templateArguments;
    this.#origin = origin;
    const special = [...tokenizer.addedTokens].filter(([, token]) => token.special).map(([text]) => text);
    this.#special =
      special.length === 0
        ? null
        : new RegExp(special.map((text) => text.replace(/[^\w\s]/g, '\\$&')).join('|'), 'g');
  }

  render(messages: readonly ChatMessage[], tools: readonly ToolSchema[], open: boolean): string {
    const conversation = messages.map((message) => ({
      ...message,
      content: this.#harmless(message.content),
    }));
    try {
      return this.#tokenizer.pretrained.apply_chat_template(conversation as never, {
        tools: tools.length === 0 ? null : [...tools],
        add_generation_prompt: open,
        tokenize: false,
        ...this.#arguments,
      });
    } catch (cause) {
      throw new PolicyError(
        `${this.#origin}: the chat template refuses a conversation of ${messages.map(({ role }) => role).join(', ')} ` +
          `(${(cause as Error).message}). Use a model whose template knows system prompts and tools.`,
        { cause },
      );
    }
  }

  #harmless(content: string): string {
    return this.#special === null
      ? content
      : content.replace(this.#special, (token) => `${token.slice(0, 1)} ${token.slice(1)}`);
  }
}

/** Contents that no template writes by itself, so that they can be found in its output. */
const ANSWERS = ['zqfirstanswerqz', 'zqsecondanswerqz'] as const;
const OPENING: readonly ChatMessage[] = [
  { role: 'system', content: 'System.' },
  { role: 'user', content: 'Question.' },
];
/** Some templates change their form when there are tools, so the probes have one. */
const PROBE_TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: { name: 'probe', description: 'Probe.', parameters: { type: 'object', properties: {} } },
  },
];

function answer(index: 0 | 1): ChatMessage {
  return { role: 'assistant', content: ANSWERS[index] };
}

function probeResult(index: 0 | 1): ToolMessage {
  return { role: 'tool', content: `{"result": ${index}}`, tool_call_id: `call_${index}_0`, name: 'probe' };
}

class TemplateFormat implements ChatFormat {
  readonly stopIds: readonly TokenId[];
  readonly #tokenizer: TextTokenizer;
  readonly #template: Template;
  readonly #origin: string;
  /** What the template writes after an assistant's content up to and including the stop token. */
  readonly #stop: string;
  readonly #stopLength: number;

  constructor(tokenizer: TextTokenizer, template: Template, eosTokenIds: readonly TokenId[], origin: string) {
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#origin = origin;
    this.#stop = this.#findStop();
    const stopIds = tokenizer.encode(this.#stop);
    this.#stopLength = stopIds.length;
    this.stopIds = [...new Set([stopIds.at(-1) as TokenId, ...eosTokenIds])];
    this.#checkAppendOnly();
    this.#checkTokenBoundary();
  }

  prompt(messages: readonly ChatMessage[], tools: readonly ToolSchema[]): TokenId[] {
    return this.#tokenizer.encode(this.#template.render(messages, tools, true));
  }

  continuation(messages: readonly ToolMessage[], stopped: boolean): TokenId[] {
    // Encoded together with the stop token, so that nothing can happen at the start of a text that would not happen
    // in the middle of one.
    const ids = this.#tokenizer.encode(this.#afterAnswer(messages));
    return stopped ? ids.slice(this.#stopLength) : ids;
  }

  assistantText(message: AssistantMessage): string | null {
    const opening = this.#render([], true);
    let text: string;
    try {
      const results = (message.tool_calls ?? []).map(({ id, function: { name } }): ToolMessage => ({
        ...{ role: 'tool', content: ANSWERS[1], tool_call_id: id, name },
      }));
      text = this.#render([message, ...results], false);
    } catch {
      return null;
    }
    if (!text.startsWith(opening)) return null;
    const end = text.indexOf(this.#stop, opening.length);
    return end < 0 ? null : text.slice(opening.length, end);
  }

  encode(text: string): TokenId[] {
    return this.#tokenizer.encode(text);
  }

  decode(ids: readonly TokenId[], options?: { keepSpecial?: boolean }): string {
    return this.#tokenizer.decode(ids, options);
  }

  tokenText(id: TokenId): string {
    return this.#tokenizer.tokenText(id);
  }

  #render(messages: readonly ChatMessage[], open: boolean): string {
    return this.#template.render([...OPENING, ...messages], PROBE_TOOLS, open);
  }

  #afterAnswer(messages: readonly ToolMessage[]): string {
    return this.#split(this.#render([answer(0), ...messages], true), 0).after;
  }

  #split(text: string, index: 0 | 1): { before: string; after: string } {
    const position = text.indexOf(ANSWERS[index]);
    if (position < 0) throw this.#unusable('it leaves out what the assistant said in an earlier turn');
    return { before: text.slice(0, position), after: text.slice(position + ANSWERS[index].length) };
  }

  #findStop(): string {
    const { after } = this.#split(this.#render([answer(0), probeResult(0)], false), 0);
    const space = /^\s*/.exec(after)?.[0] ?? '';
    const rest = after.slice(space.length);
    const token = [...this.#tokenizer.addedTokens.keys()]
      .filter((text) => rest.startsWith(text))
      .reduce((longest, text) => (text.length > longest.length ? text : longest), '');
    if (token === '') {
      throw this.#unusable(
        `after the assistant's content it writes ${JSON.stringify(after.slice(0, 40))}, which is no token that ends a turn`,
      );
    }
    return space + token;
  }

  /**
   * The text of a conversation must begin with the text of every shorter one, apart from what the template rewrites
   * inside assistant turns: those are never rendered again (Qwen3 drops old thinking there).
   */
  #checkAppendOnly(): void {
    const prompt = this.#render([], true);
    const turn = [answer(0), probeResult(0)];
    const one = this.#render(turn, false);
    const oneOpen = this.#render(turn, true);
    const two = this.#render([...turn, answer(1), probeResult(1)], false);

    if (!sharePrefix(prompt, this.#split(one, 0).before)) {
      throw this.#unusable('it writes the prompt differently once an answer follows');
    }
    if (!this.#split(one, 0).after.includes(probeResult(0).content)) {
      throw this.#unusable('it leaves out or rewrites tool results');
    }
    if (!oneOpen.startsWith(one)) {
      throw this.#unusable('the opening of the next turn changes the text before it');
    }
    const first = this.#split(one, 0).after;
    const between = this.#split(this.#split(two, 0).after, 1).before;
    const header = oneOpen.slice(one.length);
    if (!between.startsWith(first) || !sharePrefix(between.slice(first.length), header)) {
      throw this.#unusable('it writes a tool result differently once more turns follow');
    }
  }

  /** What is encoded piece by piece must be what the tokenizer makes of the whole. */
  #checkTokenBoundary(): void {
    const sampled = this.#render([], true) + ANSWERS[0];
    const messages = [probeResult(0)];
    const whole = this.#tokenizer.encode(sampled + this.#afterAnswer(messages));
    const turn = this.#tokenizer.encode(sampled + this.#stop);
    const joined = [...turn, ...this.continuation(messages, true)];
    const cut = [...this.#tokenizer.encode(sampled), ...this.continuation(messages, false)];
    if (!equal(whole, joined) || !equal(whole, cut)) {
      throw this.#unusable('its tokens at the end of a turn depend on the text around them');
    }
  }

  #unusable(reason: string): PolicyError {
    return new PolicyError(
      `${this.#origin}: the chat template does not let a conversation grow token by token: ${reason}. Training needs ` +
        `a template that only appends; use another model or another "chat_template" in tokenizer_config.json.`,
    );
  }
}

/** One of the two begins with the other. */
function sharePrefix(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function equal(a: readonly TokenId[], b: readonly TokenId[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
