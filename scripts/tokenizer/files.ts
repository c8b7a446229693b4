/** The tokenizer of the default policy as Hugging Face files, and read back from them. */
import { BYTE_SYMBOLS } from '../../src/tokens/byte-symbols';
import { BpeEncoder, SPLIT_PATTERN, digitPairs, learnMerges, splitter, type Merge } from './bpe';
import { CHAT_TEMPLATE, END_TOKEN, PAD_TOKEN, SCAFFOLD_TOKENS, SPECIAL_TOKENS } from './scaffold';

/** The part of `tokenizer.json` that is written and read here. */
export interface TokenizerJson {
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
  readonly model: {
    readonly type: 'BPE';
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly Merge[];
  };
}

/**
 * Learns a tokenizer of at most `vocabSize` tokens. A piece counts once per text: words that many texts share are
 * merged, what one text repeats is not.
 */
export function learnTokenizer(texts: Iterable<string>, vocabSize: number, minCount: number): TokenizerJson {
  const given = [...SPECIAL_TOKENS, ...SCAFFOLD_TOKENS];
  const split = splitter(given);
  const pieces = new Map<string, number>();
  for (const text of texts) {
    const seen = new Set(split(text).flatMap(({ piece, given }) => (given ? [] : [piece])));
    for (const piece of seen) pieces.set(piece, (pieces.get(piece) ?? 0) + 1);
  }
  const merges = learnMerges(pieces, vocabSize - given.length - BYTE_SYMBOLS.length, minCount, digitPairs());
  const vocab: Record<string, number> = {};
  // Given tokens come first, so that their ids do not move when the vocabulary grows.
  const symbols = [...BYTE_SYMBOLS, ...merges.map(([a, b]) => a + b)];
  symbols.forEach((symbol, i) => (vocab[symbol] = given.length + i));
  const added = given.map((content, id) => ({ id, content, special: id < SPECIAL_TOKENS.length }));
  for (const { content, id } of added) vocab[content] = id;
  return { added_tokens: added, model: { type: 'BPE', vocab, merges } };
}

export function encoderOf({ added_tokens, model }: TokenizerJson): BpeEncoder {
  return new BpeEncoder(
    new Map(Object.entries(model.vocab)),
    model.merges,
    new Map(added_tokens.map(({ content, id }) => [content, id])),
  );
}

/** Text of `tokenizer.json` as the Hugging Face `tokenizers` library writes it. */
export function tokenizerJson({ added_tokens, model }: TokenizerJson): string {
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added_tokens.map(({ id, content, special }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    model: {
      type: model.type,
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: model.vocab,
      merges: model.merges,
    },
  };
  return `${JSON.stringify(file)}\n`;
}

export function tokenizerConfigJson({ added_tokens }: TokenizerJson, maxLength: number): string {
  const file = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_bos_token: false,
    add_eos_token: false,
    bos_token: null,
    eos_token: END_TOKEN,
    pad_token: PAD_TOKEN,
    unk_token: null,
    clean_up_tokenization_spaces: false,
    model_max_length: maxLength,
    added_tokens_decoder: Object.fromEntries(
      added_tokens.map(({ id, content, special }) => [
        String(id),
        { content, lstrip: false, normalized: false, rstrip: false, single_word: false, special },
      ]),
    ),
    chat_template: CHAT_TEMPLATE,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
