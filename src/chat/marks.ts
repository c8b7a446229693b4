/** Texts that mean something to a model's template or to its form of calls, and how they are kept out of contents. */
import type { ChatMessage } from '../conversation/types';

/** A tag as templates write them: `<tool_call>`, `<|im_end|>`, `<｜User｜>`, `[TOOL_CALLS]`, `<<SYS>>`. */
const TAG = /<{1,2}\/?[^\s<>'"{}()+,;]{1,60}>{1,2}|\[\/?[A-Z][A-Z_]{2,40}\]/g;

export interface MarkSources {
  readonly templates: readonly string[];
  /** Texts of the tokenizer's added tokens, and whether they are special. */
  readonly addedTokens: ReadonlyMap<string, { readonly special: boolean }>;
  /** Of the form of calls and of thoughts. */
  readonly further: readonly string[];
}

/**
 * Every tag that a template spells, every added token that looks like one of its tags, all special tokens, and the marks
 * of the form. An added token that is an ordinary piece of text, such as a frequent word, is none.
 */
export function marksOf({ templates, addedTokens, further }: MarkSources): ReadonlySet<string> {
  const spelled = templates.flatMap((text) => [...text.matchAll(TAG)].map(([tag]) => tag));
  const special = [...addedTokens].filter(([, token]) => token.special).map(([text]) => text);
  const used = [...addedTokens.keys()].filter(
    (text) => isTag(text) && templates.some((template) => template.includes(text)),
  );
  return new Set([...special, ...used, ...spelled.filter(isTag), ...further].filter((text) => text !== ''));
}

/** HTML's own tags are spelled by some templates as examples; none of them steers a model. */
const PLAIN_TAGS = /^<\/?(?:b|i|p|br|a|code|pre)>$/;

function isTag(text: string): boolean {
  return /^[<[].*[>\]]$/s.test(text) && !PLAIN_TAGS.test(text);
}

/** Breaks up marks by a space after their first character. */
export class MarkBreaker {
  readonly #special: RegExp | null;
  readonly #all: RegExp | null;

  constructor(special: Iterable<string>, all: Iterable<string>) {
    this.#special = anyOf(special);
    this.#all = anyOf(all);
  }

  /**
   * In what comes from outside (texts that tools read, their results, questions) every mark is broken up; in what the environment's author or
   * an expert wrote, only special tokens are.
   */
  harmless<T extends ChatMessage>(message: T): T {
    const pattern = message.role === 'user' || message.role === 'tool' ? this.#all : this.#special;
    if (pattern === null) return message;
    return {
      ...message,
      content: message.content.replace(pattern, (mark) => `${mark.slice(0, 1)} ${mark.slice(1)}`),
    };
  }
}

function anyOf(texts: Iterable<string>): RegExp | null {
  // The longest first: one mark may begin another.
  const list = [...new Set(texts)].sort((a, b) => b.length - a.length);
  if (list.length === 0) return null;
  return new RegExp(list.map((text) => text.replace(/[^\w\s]/g, '\\$&')).join('|'), 'g');
}
