/**
 * A model's chat template with its fixed arguments: conversations of a dialect in, text out. Rendered by
 * `@huggingface/jinja` through transformers.js; two things that Python's Jinja does and it does not are made up for here:
 * line ends of Windows are read as plain ones, and `strftime_now` knows all directives and another clock.
 */
import { foreign } from '../errors';
import { PolicyError } from '../errors/policy';
import type { ToolSchema } from '../conversation/types';
import type { TemplateMessage } from './dialect';
import { strftime } from './strftime';
import { chosenTemplate, type ChatTemplates } from './template-files';
import type { TextTokenizer } from './tokenizer';

export interface TemplateSettings {
  /** What `strftime_now` and `date_string` say. */
  readonly date: Date;
  /** Further variables of the template; they beat all others. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The engine's own function of this name asks the clock, and does not let itself be replaced. */
const CLOCK = /\bstrftime_now\b/g;
const NOW = 'strftime_of_the_run';

export class ChatTemplate {
  readonly texts: readonly string[];
  readonly #tokenizer: TextTokenizer;
  readonly #templates: ChatTemplates;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #origin: string;

  constructor(tokenizer: TextTokenizer, { date, arguments: given }: TemplateSettings, origin: string) {
    this.#tokenizer = tokenizer;
    this.#templates = tokenizer.templates;
    this.#origin = origin;
    this.texts = [true, false].map((hasTools) => chosenTemplate(this.#templates, hasTools) ?? '');
    this.#variables = {
      // Templates ask for the day in one of these ways; the clock's would give other tokens every day.
      [NOW]: (format: unknown) => strftime(date, String(format)),
      date_string: strftime(date, '%d %b %Y'),
      ...given,
    };
  }

  /** The template that is used with tools. */
  get text(): string {
    return this.texts[0] ?? '';
  }

  /**
   * @param open whether the header of the assistant's next turn follows
   * @throws PolicyError when the template refuses the conversation
   */
  render(messages: readonly TemplateMessage[], tools: readonly ToolSchema[], open: boolean): string {
    try {
      return this.#tokenizer.pretrained.apply_chat_template(messages as never, {
        tools: tools.length === 0 ? null : [...tools],
        chat_template: (chosenTemplate(this.#templates, tools.length > 0) ?? '')
          .replace(/\r\n?/g, '\n')
          .replace(CLOCK, NOW),
        add_generation_prompt: open,
        tokenize: false,
        ...this.#variables,
      });
    } catch (cause) {
      throw PolicyError.of(
        'policy/template-refuses',
        { origin: this.#origin, roles: messages.map(({ role }) => String(role)), reason: foreign(cause) },
        { cause },
      );
    }
  }
}
