/** {@link ModelChat} of any model whose chat template only ever appends, rendered by transformers.js. */
import type { AssistantMessage, ChatMessage, ToolMessage, ToolSchema } from '../conversation/types';
import { THOUGHT_MARKS } from '../conversation/thinking';
import { isJsonObject } from '../conversation/json';
import { PolicyError } from '../errors/policy';
import { readJson, type ModelFiles } from '../formats/files';
import { dayOf, templateArguments, type TemplateSettings } from '../settings/template';
import type { TokenId } from '../tokens/types';
import { renderedAgain } from './again';
import { assistantText } from './assistant-text';
import { dialects, shaped, type Dialect } from './dialect';
import { formOfCalls } from './form-of-calls';
import { MarkBreaker, marksOf } from './marks';
import { mayThink, noticesOf, type NoticeFacts } from './notices';
import { CALL_FORMS, parserFor, toolCallForm, type ToolCallForm } from './parse/registry';
import { PROBE_OPENING, PROBE_TOOLS, SeamProblem, Seams, type Renderer } from './seams';
import { ChatTemplate } from './template';
import { createTokenizer, type TextTokenizer } from './tokenizer';
import { toolPromptFor } from './tool-prompt';
import type { ModelChat, ToolCallParser } from './types';

/** Llama 3's own default: templates that write the day are told this one, unless another is wanted. */
export const TEMPLATE_DATE = '2024-07-26';

export interface ChatFormatOptions {
  /** Extra variables of the template, such as `{enable_thinking: false}` for Qwen3. */
  readonly templateArguments?: Readonly<Record<string, unknown>>;
  /** The day that templates write into prompts, YYYY-MM-DD; never the clock's, so that runs repeat. */
  readonly templateDate?: string;
  /** The model's end-of-text ids, from its config.json; default: the tokenizer's own. */
  readonly eosTokenIds?: readonly TokenId[];
  /** To share one with the caller; default: read from the files. */
  readonly tokenizer?: TextTokenizer;
}

/** What settings say to a template. Templates call the switch of thoughts by one of two names. */
export function templateOptions(
  settings: TemplateSettings,
): Required<Pick<ChatFormatOptions, 'templateArguments' | 'templateDate'>> {
  const { thinking, chatTemplateArguments, templateDate } = settings;
  const given = templateArguments(chatTemplateArguments) ?? {};
  return { templateDate, templateArguments: { enable_thinking: thinking, thinking, ...given } };
}

/**
 * `stopIds[0]` is the token that the template writes after an assistant turn; the others are the model's end-of-text
 * ids, and a turn that ended with one of those counts as not stopped in `continuation`. In what comes from outside, text
 * that spells a mark of the template or of the form of calls is broken up by a space, so no tool result can close a turn.
 * Templates without tools, without a system role or without results are helped (`dialect`), and `notices` says how. A model
 * that was trained on its tools without schemas says so by `mailgym.toolsInPrompt: false` in its config.json.
 * @throws PolicyError when the model has no chat template, or one that rewrites earlier turns.
 */
export async function createChatFormat(
  files: ModelFiles,
  options: ChatFormatOptions = {},
): Promise<ModelChat> {
  const tokenizer = options.tokenizer ?? (await createTokenizer(files));
  const { origin } = files;
  if (tokenizer.templates['default'] === undefined && tokenizer.templates['tool_use'] === undefined) {
    throw PolicyError.of('policy/no-template', { origin });
  }
  const { templateDate = TEMPLATE_DATE } = options;
  const date = dayOf(templateDate);
  if (date === null) throw PolicyError.of('policy/no-day', { date: templateDate });
  const own = tokenizer.pretrained.eos_token_id as TokenId | undefined;
  const eosTokenIds = options.eosTokenIds ?? (own === undefined ? [] : [own]);
  const template = new ChatTemplate(tokenizer, { date, arguments: options.templateArguments ?? {} }, origin);
  const knowsTools = await knowsItsTools(files);
  const found = firstThatServes(template, tokenizer, eosTokenIds, knowsTools, origin);
  return new TemplateChat(tokenizer, template, found, eosTokenIds, {
    date: templateDate,
    origin,
    knowsTools,
  });
}

async function knowsItsTools(files: ModelFiles): Promise<boolean> {
  if (!(await files.has('config.json'))) return false;
  const config = await readJson(files, 'config.json');
  const wishes = isJsonObject(config) ? config['mailgym'] : undefined;
  return isJsonObject(wishes) && wishes['toolsInPrompt'] === false;
}

interface Found {
  readonly renderer: DialectRenderer;
  readonly seams: Seams;
  readonly form: ToolCallForm;
  /** Why the template's own way with tools does not serve; null where it does. */
  readonly problem: string | null;
}

/** @throws PolicyError with the reasons when none does */
function firstThatServes(
  template: ChatTemplate,
  tokenizer: TextTokenizer,
  eosTokenIds: readonly TokenId[],
  knowsTools: boolean,
  origin: string,
): Found {
  const furthest = new Map<Dialect['tools'], SeamProblem>();
  for (const dialect of dialects(!knowsTools)) {
    try {
      const renderer = new DialectRenderer(template, tokenizer, dialect);
      const seams = new Seams(renderer, tokenizer, eosTokenIds, knowsTools);
      const form =
        dialect.tools === 'prompt' ? renderer.toldForm : formOfCalls(renderer, seams, template.text);
      return { renderer, seams, form, problem: furthest.get('template')?.message ?? null };
    } catch (error) {
      if (!(error instanceof SeamProblem)) throw error;
      const before = furthest.get(dialect.tools);
      if (before === undefined || error.stage > before.stage) furthest.set(dialect.tools, error);
    }
  }
  throw PolicyError.of('policy/template', {
    origin,
    own: furthest.get('template')?.fault ?? null,
    inPrompt: furthest.get('prompt')?.fault ?? null,
  });
}

class DialectRenderer implements Renderer {
  readonly dialect: Dialect;
  /** The form of calls that the prompt tells of, where it does. */
  readonly toldForm: ToolCallForm;
  readonly #template: ChatTemplate;
  readonly #breaker: MarkBreaker;

  constructor(template: ChatTemplate, tokenizer: TextTokenizer, dialect: Dialect) {
    this.dialect = dialect;
    this.#template = template;
    this.toldForm = toolPromptFor(template.text).form;
    const { addedTokens } = tokenizer;
    const form = dialect.tools === 'prompt' ? this.toldForm : toolCallForm(template.text);
    const hermes = dialect.tools === 'prompt' ? CALL_FORMS.hermes.marks : [];
    const further = [...CALL_FORMS[form].marks, ...hermes, ...THOUGHT_MARKS.flat()];
    const special = [...addedTokens].filter(([, token]) => token.special).map(([text]) => text);
    this.#breaker = new MarkBreaker(special, marksOf({ templates: template.texts, addedTokens, further }));
  }

  render(messages: readonly ChatMessage[], tools: readonly ToolSchema[], open: boolean): string {
    const prompt = toolPromptFor(this.#template.text);
    const conversation = messages.map((message) => this.#breaker.harmless(message));
    const shape = shaped(this.dialect, conversation, tools, prompt, CALL_FORMS[this.toldForm]);
    return this.#template.render(shape.messages, shape.tools, open);
  }
}

class TemplateChat implements ModelChat {
  readonly stopIds: readonly TokenId[];
  readonly form: ToolCallForm;
  readonly parse: ToolCallParser;
  readonly dialect: Dialect;
  readonly isThinking: boolean;
  readonly notices: readonly string[];
  readonly #tokenizer: TextTokenizer;
  readonly #renderer: Renderer;
  readonly #seams: Seams;
  readonly #stopLength: number;
  readonly #facts: NoticeFacts;
  /** Special tokens that a turn's text leaves out. */
  readonly #silent: ReadonlySet<TokenId>;

  constructor(
    tokenizer: TextTokenizer,
    template: ChatTemplate,
    { renderer, seams, form, problem }: Found,
    eosTokenIds: readonly TokenId[],
    told: Pick<NoticeFacts, 'date' | 'origin' | 'knowsTools'>,
  ) {
    this.#tokenizer = tokenizer;
    this.#renderer = renderer;
    this.#seams = seams;
    this.dialect = renderer.dialect;
    this.form = form;
    const stop = tokenizer.encode(seams.stop);
    this.#stopLength = stop.length;
    this.stopIds = [...new Set([stop.at(-1) as TokenId, ...eosTokenIds])];
    this.isThinking = opensThought(renderer.render(PROBE_OPENING, PROBE_TOOLS, true));
    this.parse = parserFor(form, this.isThinking);
    const kept = new Set<string>([...CALL_FORMS[form].marks, ...THOUGHT_MARKS.flat()]);
    this.#silent = new Set(
      [...tokenizer.addedTokens]
        .filter(([text, token]) => token.special && !kept.has(text))
        .map(([, { id }]) => id),
    );
    this.#facts = {
      ...{ ...told, renderer, seams, form, problem, template, isThinking: this.isThinking },
      assistantText: (message) => this.assistantText(message),
    };
    this.notices = noticesOf(this.#facts);
  }

  prompt(messages: readonly ChatMessage[], tools: readonly ToolSchema[]): TokenId[] {
    return this.#tokenizer.encode(this.#renderer.render(messages, tools, true));
  }

  continuation(messages: readonly ToolMessage[], stopped: boolean): TokenId[] {
    // Encoded together with the stop token, so that nothing can happen at the start of a text that would not happen
    // in the middle of one.
    const ids = this.#tokenizer.encode(this.#seams.after(messages));
    return stopped ? ids.slice(this.#stopLength) : ids;
  }

  assistantText(message: AssistantMessage): string | null {
    return assistantText(this.#renderer, this.#seams, message);
  }

  encode(text: string): TokenId[] {
    return this.#tokenizer.encode(text);
  }

  decode(ids: readonly TokenId[], options?: { keepSpecial?: boolean }): string {
    return this.#tokenizer.decode(ids, options);
  }

  turnText(ids: readonly TokenId[]): string {
    return this.#tokenizer.decode(
      ids.filter((id) => !this.#silent.has(id)),
      { keepSpecial: true },
    );
  }

  isEqualAgain(thinks: boolean): boolean | null {
    if (thinks && !mayThink(this.#facts)) return null;
    const texts = renderedAgain(this.#facts, thinks);
    return texts.difference === null && sameTokens(this.#tokenizer, texts.pieces);
  }

  tokenText(id: TokenId): string {
    return this.#tokenizer.tokenText(id);
  }
}

/** Whether a prompt ends inside a thought. */
function opensThought(prompt: string): boolean {
  return THOUGHT_MARKS.some(([open, close]) => {
    const at = prompt.lastIndexOf(open);
    // A mark that the instructions merely speak of is followed by more than blanks.
    return at >= 0 && prompt.lastIndexOf(close) < at && prompt.slice(at + open.length).trim() === '';
  });
}

/** Encoded apart, the pieces have the tokens of their whole. */
function sameTokens(tokenizer: TextTokenizer, pieces: readonly string[]): boolean {
  const whole = tokenizer.encode(pieces.join(''));
  const apart = pieces.flatMap((piece) => tokenizer.encode(piece));
  return whole.length === apart.length && whole.every((id, at) => id === apart[at]);
}
