/**
 * A tokenizer for a template that comes alone: bytes, and as special tokens the tags that the template spells, so that ends
 * of turns are tokens as in the template's own model.
 */
import type { TokenId } from '../../src/tokens/types';

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
  const bytes = byteSpellings();
  const added = tokens.map((content, index) => ({
    ...{ id: bytes.length + index, content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: !/^<\/?(?:tool_|think)/.test(content) },
  }));
  const tokenizer = {
    version: '1.0',
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: null,
      vocab: Object.fromEntries(bytes.map((text, id) => [text, id])),
      merges: [],
    },
  };
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
    eosTokenIds: added
      .filter(({ content }) => (ENDS as readonly string[]).includes(content))
      .map(({ id }) => id),
  };
}

/** GPT-2's spelling of bytes: printable Latin-1 stands for itself, the others for U+0100 upwards. */
function byteSpellings(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
