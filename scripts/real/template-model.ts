/**
 * A tokenizer for a template that comes alone: bytes, and as special tokens the tags that the template spells, so that ends
 * of turns are tokens as in the template's own model.
 */
import type { TokenId } from '../../src/tokens/types';
import { byteLevelTokenizer } from '../tokenizer/byte-level';

/** Tags that are text in the models of these templates, not tokens. */
const TEXT =
  /^<\/?(?:tools|tool|function|parameter|arg_key|arg_value|IMPORTANT|documents?|instruct\w*|atem:[^>]*|name|description|parameters|br|b|i)[=>]|\$|\.\.\./;
const TAG = /<\|[^\s<>|'"{}]{1,40}\|?>|<\|"\|>|<[^\s<>'"{}()+,;:=]{1,40}\|?>|\[\/?[A-Z][A-Z_]{2,40}\]/g;

/** Tokens that end a turn in one family or another, and `</s>`, which templates get as `eos_token`. */
const ENDS = [
  ...[
    '<|im_end|>',
    '<|eot_id|>',
    '<|eom_id|>',
    '<end_of_turn>',
    '<turn|>',
    '<|tool_response>',
    '<|end|>',
    '<|call|>',
  ],
  ...[
    '<|return|>',
    '<|END_OF_TURN_TOKEN|>',
    '<｜end▁of▁sentence｜>',
    '<|observation|>',
    '<|user|>',
    '<end_of_utterance>',
  ],
  ...['<|eot|>', '<|eom|>', '<|endoftext|>', '</s>'],
] as const;

export function templateModel(template: string): {
  readonly files: Map<string, Uint8Array>;
  readonly eosTokenIds: readonly TokenId[];
} {
  const tags = [...template.matchAll(TAG)].map(([tag]) => tag).filter((tag) => !TEXT.test(tag));
  const tokens = [...new Set([...tags, '<s>', '</s>'])];
  const tokenizer = byteLevelTokenizer(
    tokens.map((content) => ({ content, special: !/^<\/?(?:tool_|think)/.test(content) })),
  );
  const config = {
    tokenizer_class: 'PreTrainedTokenizer',
    bos_token: '<s>',
    eos_token: '</s>',
    clean_up_tokenization_spaces: false,
    chat_template: template,
  };
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    files: new Map([
      ['tokenizer.json', encode(tokenizer)],
      ['tokenizer_config.json', encode(config)],
    ]),
    eosTokenIds: tokenizer.added_tokens
      .filter(({ content }) => (ENDS as readonly string[]).includes(content))
      .map(({ id }) => id),
  };
}
