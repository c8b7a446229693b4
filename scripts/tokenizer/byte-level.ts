/** A plain byte-level tokenizer as `tokenizer.json` has it: bytes, merges, and tokens that are matched whole. */
import { BYTE_SYMBOLS } from '../../src/tokens/byte-symbols';

/** A token that is matched whole. Its id follows those of bytes and merges, in the order given. */
export interface WholeToken {
  readonly content: string;
  /** Left out when text is decoded. */
  readonly special: boolean;
}

/** @param merges pairs of symbols with a space between, in order of their rank */
export function byteLevelTokenizer(whole: readonly WholeToken[], merges: readonly string[] = []) {
  const pieces = [...BYTE_SYMBOLS, ...merges.map((merge) => merge.replace(' ', ''))];
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    added_tokens: whole.map(({ content, special }, index) => ({
      ...{ id: pieces.length + index, content, single_word: false, lstrip: false, rstrip: false },
      ...{ normalized: false, special },
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      unk_token: null,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges,
    },
  };
}
