/**
 * How text is cut before merges, by the name that a GGUF file has for it (`tokenizer.ggml.pre`): the pre-tokenizers of the
 * models' own `tokenizer.json`. Expressions are those that OpenAI's tiktoken and its successors publish.
 */
import { PolicyError } from '../../../errors/policy';

type Json = Record<string, unknown>;

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const REST = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const CL100K = (digits: string) => `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}${REST}`;
const LLAMA3 = CL100K('\\p{N}{1,3}');
const QWEN2 = CL100K('\\p{N}');
const TEKKEN =
  '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+' +
  '|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*' +
  '|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

export interface Split {
  readonly normalizer: Json | null;
  readonly preTokenizer: Json;
  /** Words that are tokens are not merged together first. */
  readonly ignoresMerges: boolean;
}

const byteLevel = (splits: boolean): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: splits,
});
const sequence = (...pretokenizers: Json[]): Json => ({ type: 'Sequence', pretokenizers });
const by = (expression: string): Json =>
  sequence(
    { type: 'Split', pattern: { Regex: expression }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  );

const GPT2: Split = { normalizer: null, preTokenizer: byteLevel(true), ignoresMerges: false };
const OF_LLAMA3: Split = { normalizer: null, preTokenizer: by(LLAMA3), ignoresMerges: true };
const OF_QWEN2: Split = { normalizer: { type: 'NFC' }, preTokenizer: by(QWEN2), ignoresMerges: false };

const SPLITS: Readonly<Record<string, Split>> = {
  'gpt-2': GPT2,
  'llama-bpe': OF_LLAMA3,
  llama3: OF_LLAMA3,
  'llama-v3': OF_LLAMA3,
  // SmolLM3 among others.
  'smaug-bpe': OF_LLAMA3,
  qwen2: OF_QWEN2,
  'deepseek-r1-qwen': OF_QWEN2,
  // SmolLM and SmolLM2: every digit by itself, and whatever else Unicode calls a number (½, ②). Their own file says "Digits",
  // by which transformers.js understands digits alone.
  smollm: {
    ...GPT2,
    preTokenizer: sequence(
      { type: 'Split', pattern: { Regex: '\\p{N}' }, behavior: 'Isolated', invert: false },
      byteLevel(true),
    ),
  },
  // Mistral.
  tekken: { normalizer: null, preTokenizer: by(TEKKEN), ignoresMerges: true },
};

/** @throws PolicyError for a name that is not known: another cut would give other tokens without a word */
export function splitOf(name: string | null, origin: string): Split {
  const found = name !== null && Object.hasOwn(SPLITS, name) ? SPLITS[name] : undefined;
  if (found === undefined) {
    throw PolicyError.of('policy/gguf-split', { origin, name, known: Object.keys(SPLITS) });
  }
  return found;
}
