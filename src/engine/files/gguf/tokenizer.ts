/** `tokenizer.json` and `tokenizer_config.json` of a model in a GGUF file, out of its metadata. */
import { BYTE_SYMBOLS } from '../../../tokens/byte-symbols';
import { PolicyError } from '../../../errors/policy';
import type { Metadata } from './metadata';
import { type Merge, mergesOf } from './merges';
import { splitOf } from './split';

type Json = Record<string, unknown>;

/** Kinds of tokens (llama.cpp's `llama_token_type`). */
const CONTROL = 3;
const USER_DEFINED = 4;

/** SentencePiece's sign for a space. */
const SPACE = '\u2581';

/** @throws PolicyError for a tokenizer of another kind */
export function tokenizerJson(metadata: Metadata, architecture: string): Json {
  const tokens = metadata.needed('tokenizer.ggml.tokens', metadata.texts('tokenizer.ggml.tokens'));
  const model = metadata.text('tokenizer.ggml.model');
  if (model === 'gpt2') return byteLevelJson(metadata, tokens);
  if (model === 'llama') return sentencePieceJson(metadata, tokens, architecture === 'gemma3');
  throw PolicyError.of('policy/gguf-tokenizer-kind', { origin: metadata.origin, kind: model });
}

/** BPE over bytes, which are spelled as GPT-2 does. */
function byteLevelJson(metadata: Metadata, tokens: readonly string[]): Json {
  const merges = metadata.needed('tokenizer.ggml.merges', metadata.texts('tokenizer.ggml.merges'));
  const { normalizer, preTokenizer, ignoresMerges } = splitOf(
    metadata.text('tokenizer.ggml.pre'),
    metadata.origin,
  );
  const vocabulary = new Map(tokens.map((token, id) => [spelled(token), id]));
  return {
    ...common(metadata, tokens, () => true),
    normalizer,
    pre_tokenizer: preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bpe(vocabulary, merges.map(mergeOf), { ignore_merges: ignoresMerges }),
  };
}

/** BPE over characters, with a token for each byte of what has none. */
function sentencePieceJson(metadata: Metadata, tokens: readonly string[], isGemma: boolean): Json {
  // Runs of spaces stand in Gemma's files as they are, and everywhere else in its tokenizer as the sign for them.
  const spelling = isGemma
    ? tokens.map((token) => (/^ +$/.test(token) ? SPACE.repeat(token.length) : token))
    : tokens;
  const vocabulary = new Map(spelling.map((token, id) => [token, id]));
  const unknown = metadata.number('tokenizer.ggml.unknown_token_id');
  const model = bpe(vocabulary, scoredMerges(metadata, vocabulary, isGemma), {
    unk_token: unknown === null ? null : (tokens[unknown] ?? null),
    fuse_unk: true,
    byte_fallback: true,
  });
  const decoders: Json[] = [
    { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ];
  const base = common(metadata, tokens, (token) => vocabulary.has(token));
  if (isGemma) {
    return {
      ...base,
      normalizer: { type: 'Replace', pattern: { String: ' ' }, content: SPACE },
      pre_tokenizer: {
        type: 'Split',
        pattern: { String: ' ' },
        behavior: 'MergedWithPrevious',
        invert: false,
      },
      decoder: { type: 'Sequence', decoders },
      model,
    };
  }
  const prefixes = metadata.boolean('tokenizer.ggml.add_space_prefix') ?? true;
  if (prefixes) decoders.push({ type: 'Strip', content: ' ', start: 1, stop: 0 });
  return {
    ...base,
    normalizer: null,
    pre_tokenizer: {
      type: 'Metaspace',
      replacement: SPACE,
      prepend_scheme: prefixes ? 'first' : 'never',
      split: false,
    },
    decoder: { type: 'Sequence', decoders },
    model,
  };
}

/** Gemma's scores say nothing; its tokens lie in the order in which they were merged. */
function scoredMerges(
  metadata: Metadata,
  vocabulary: ReadonlyMap<string, number>,
  isGemma: boolean,
): Merge[] {
  const merges = metadata.texts('tokenizer.ggml.merges');
  if (merges !== null) return merges.map(mergeOf);
  if (isGemma) return mergesOf(vocabulary, (_, id) => -id);
  const scores = metadata.needed('tokenizer.ggml.scores', metadata.numbers('tokenizer.ggml.scores'));
  return mergesOf(vocabulary, (_, id) => scores[id] ?? 0);
}

/** @param isWhole whether a token that users defined can be matched in text */
function common(metadata: Metadata, tokens: readonly string[], isWhole: (token: string) => boolean): Json {
  const kinds = metadata.numbers('tokenizer.ggml.token_type') ?? [];
  const added = tokens.flatMap((content, id) => {
    const special = kinds[id] === CONTROL;
    if (!special && !(kinds[id] === USER_DEFINED && isWhole(content))) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    post_processor: postProcessor(metadata, tokens),
  };
}

/** What a text of its own begins and ends with, where the file says so. Chat templates write theirs themselves. */
function postProcessor(metadata: Metadata, tokens: readonly string[]): Json | null {
  const at = (key: string, byDefault: boolean): Json[] => {
    const id = metadata.number(`tokenizer.ggml.${key}_token_id`);
    const adds = metadata.boolean(`tokenizer.ggml.add_${key}_token`) ?? byDefault;
    const token = id === null ? undefined : tokens[id];
    return adds && token !== undefined ? [{ SpecialToken: { id: token, type_id: 0 } }] : [];
  };
  // Older files have no flag, and mean the beginning for SentencePiece.
  const begin = at('bos', metadata.text('tokenizer.ggml.model') === 'llama');
  const end = at('eos', false);
  if (begin.length + end.length === 0) return null;
  const used = [...begin, ...end].map(({ SpecialToken }) => (SpecialToken as { id: string }).id);
  return {
    type: 'TemplateProcessing',
    single: [...begin, { Sequence: { id: 'A', type_id: 0 } }, ...end],
    pair: [
      ...[...begin, { Sequence: { id: 'A', type_id: 0 } }, ...end],
      ...[...begin, { Sequence: { id: 'B', type_id: 1 } }, ...end],
    ],
    special_tokens: Object.fromEntries(
      used.map((token) => [token, { id: token, ids: [tokens.indexOf(token)], tokens: [token] }]),
    ),
  };
}

function bpe(vocabulary: ReadonlyMap<string, number>, merges: readonly Merge[], rest: Json): Json {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    ...rest,
    vocab: Object.fromEntries(vocabulary),
    merges,
  };
}

/** Tokens hold no space of their own: a space is spelled. */
function mergeOf(line: string): Merge {
  const at = line.indexOf(' ', 1);
  return [line.slice(0, at), line.slice(at + 1)];
}

const LETTERS: ReadonlySet<string> = new Set(BYTE_SYMBOLS);

/** A token as the alphabet writes it. Those that hold other letters, as special ones may, are no bytes yet. */
function spelled(token: string): string {
  if ([...token].every((letter) => LETTERS.has(letter))) return token;
  return Array.from(new TextEncoder().encode(token), (byte) => BYTE_SYMBOLS[byte]).join('');
}

const SPECIAL = { bos_token: 'bos', eos_token: 'eos', unk_token: 'unknown', pad_token: 'padding' } as const;

export function tokenizerConfig(metadata: Metadata): Json {
  const tokens = metadata.texts('tokenizer.ggml.tokens') ?? [];
  const config: Json = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
  };
  for (const [name, key] of Object.entries(SPECIAL)) {
    const id = metadata.number(`tokenizer.ggml.${key}_token_id`);
    if (id !== null && tokens[id] !== undefined) config[name] = tokens[id];
  }
  for (const end of ['bos', 'eos']) {
    const adds = metadata.boolean(`tokenizer.ggml.add_${end}_token`);
    if (adds !== null) config[`add_${end}_token`] = adds;
  }
  const template = chatTemplate(metadata);
  if (template !== null) config['chat_template'] = template;
  return config;
}

/** One template, or several by name in the form of Hugging Face's tokenizer_config.json. */
function chatTemplate(metadata: Metadata): string | { name: string; template: string }[] | null {
  const plain = metadata.text('tokenizer.chat_template');
  const names = metadata.texts('tokenizer.chat_templates') ?? [];
  const named = names.flatMap((name) => {
    const template = metadata.text(`tokenizer.chat_template.${name}`);
    return template === null ? [] : [{ name, template }];
  });
  if (named.length === 0) return plain;
  return plain === null ? named : [{ name: 'default', template: plain }, ...named];
}
