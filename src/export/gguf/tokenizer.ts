/**
 * A `tokenizer.json` as GGUF metadata, for llama.cpp's own tokenizers. What those cannot do is refused: the file would
 * load, and text would be cut into other tokens than the model was trained on.
 */
import { PolicyError } from '../../errors/policy';
import { tokenizerWords, type LlamaCppTokenizer } from '../../errors/texts/en/policy/exports';
import type { GgufValue } from './writer';

type Json = Readonly<Record<string, unknown>>;

/** llama.cpp's kinds of tokens (`llama_token_type`). */
const KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface TokenizerSettings {
  /** `tokenizer.json` */
  readonly tokenizer: unknown;
  /** `tokenizer_config.json`, special tokens as texts */
  readonly config: Json;
  /** Rows of the embedding. */
  readonly vocabSize: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  /** Whether the tokenizer puts these around a text by itself. */
  readonly addsBos: boolean;
  readonly addsEos: boolean;
  readonly chatTemplate: string | null;
  /** Write the nearest of llama.cpp's ways of cutting text where none is the same. */
  readonly anyTokenizer: boolean;
  readonly origin: string;
}

/** @throws PolicyError for a tokenizer that llama.cpp does not have */
export function tokenizerMetadata(
  settings: TokenizerSettings,
  notice: (message: string) => void,
): Map<string, GgufValue> {
  const { origin } = settings;
  const tokenizer = settings.tokenizer as Json;
  const model = tokenizer['model'];
  if (!isRecord(model) || model['type'] !== 'BPE') {
    const type = isRecord(model) ? model['type'] : undefined;
    throw refusal(origin, { type: JSON.stringify(type ?? null) });
  }
  const metadata = new Map<string, GgufValue>();
  const text = (key: string, value: string) => metadata.set(`tokenizer.ggml.${key}`, { type: 'text', value });
  const flag = (key: string, value: boolean) =>
    metadata.set(`tokenizer.ggml.${key}`, { type: 'bool', value });
  const id = (key: string, value: number | null) => {
    if (value !== null) metadata.set(`tokenizer.ggml.${key}`, { type: 'u32', value });
  };
  const isSentencePiece = model['byte_fallback'] === true;
  const { tokens, kinds } = vocabulary(tokenizer, model, settings, isSentencePiece);
  const merges = readMerges(model, origin);
  if (isSentencePiece) {
    text('model', 'llama');
    flag('add_space_prefix', addsSpace(tokenizer));
  } else {
    text('model', 'gpt2');
    text('pre', preTokenizer(tokenizer, settings, notice));
    flag('add_space_prefix', false);
  }
  metadata.set('tokenizer.ggml.tokens', { type: 'texts', value: tokens });
  metadata.set('tokenizer.ggml.token_type', { type: 'i32s', value: kinds });
  if (isSentencePiece) metadata.set('tokenizer.ggml.scores', { type: 'f32s', value: scores(tokens, merges) });
  else metadata.set('tokenizer.ggml.merges', { type: 'texts', value: merges.map(([a, b]) => `${a} ${b}`) });
  id('bos_token_id', settings.bosTokenId);
  id('eos_token_id', settings.eosTokenId);
  id('unknown_token_id', idOf(tokens, settings.config['unk_token']));
  id('padding_token_id', idOf(tokens, settings.config['pad_token']));
  flag('add_bos_token', settings.addsBos);
  flag('add_eos_token', settings.addsEos);
  if (settings.chatTemplate !== null) {
    metadata.set('tokenizer.chat_template', { type: 'text', value: settings.chatTemplate });
  }
  return metadata;
}

/** Tokens by id, as many as the embedding has rows. */
function vocabulary(
  tokenizer: Json,
  model: Json,
  { vocabSize, origin }: TokenizerSettings,
  isSentencePiece: boolean,
): { tokens: string[]; kinds: number[] } {
  const tokens = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const kinds = new Array<number>(vocabSize).fill(KIND.unused);
  const put = (id: unknown, token: string, kind: number) => {
    // Some tokenizers know tokens that the model has no row for; nothing can be asked of them.
    if (typeof id !== 'number' || id >= vocabSize) return;
    tokens[id] = token;
    kinds[id] = kind;
  };
  if (!isRecord(model['vocab'])) throw refusal(origin, 'no-vocabulary');
  for (const [token, id] of Object.entries(model['vocab'])) {
    const isByte = isSentencePiece && /^<0x[0-9A-F]{2}>$/.test(token);
    put(id, token, isByte ? KIND.byte : KIND.normal);
  }
  const unknown = model['unk_token'];
  for (const added of Array.isArray(tokenizer['added_tokens']) ? (tokenizer['added_tokens'] as Json[]) : []) {
    const { id, content, special } = added;
    if (typeof content !== 'string') continue;
    const kind = content === unknown ? KIND.unknown : special === true ? KIND.control : KIND.userDefined;
    // llama.cpp looks for these in the text before spaces become SentencePiece's sign for them.
    const isSpaced = isSentencePiece && kind === KIND.userDefined;
    put(id, isSpaced ? content.replaceAll('▁', ' ') : content, kind);
  }
  return { tokens, kinds };
}

function readMerges(model: Json, origin: string): (readonly [string, string])[] {
  const merges: unknown = model['merges'];
  if (!Array.isArray(merges)) throw refusal(origin, 'no-merges');
  return merges.map((merge: unknown) => {
    // Written as a list by newer versions, else as one text with a space between.
    const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (Array.isArray(parts) && parts.length === 2) return parts as [string, string];
    throw refusal(origin, { merge: JSON.stringify(merge) });
  });
}

/**
 * SentencePiece's scores in place of merges: a token is worth the more the earlier a merge makes it, so that the same pairs
 * are joined first. Tokens that no merge makes are never the result of one, so theirs does not matter.
 */
function scores(tokens: readonly string[], merges: readonly (readonly [string, string])[]): number[] {
  const rank = new Map<string, number>();
  merges.forEach(([a, b], i) => {
    if (!rank.has(a + b)) rank.set(a + b, i);
  });
  return tokens.map((token) => {
    const at = rank.get(token);
    return at === undefined ? 0 : -(at + 1);
  });
}

/** How text is cut before merging, by llama.cpp's names (`llama-vocab.cpp`): expressions as the models' files have them. */
const EXPRESSIONS: readonly (readonly [name: string, expression: string])[] = [
  [
    'llama-bpe',
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ],
  [
    'qwen2',
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ],
];

function preTokenizer(
  tokenizer: Json,
  settings: TokenizerSettings,
  notice: (message: string) => void,
): string {
  const { origin, anyTokenizer } = settings;
  const parts = steps(tokenizer['pre_tokenizer']);
  const types = parts.map((part) => part['type']).join();
  const last = parts.at(-1);
  const spaced = last?.['add_prefix_space'] === true;
  if (!spaced && types === 'ByteLevel' && last?.['use_regex'] !== false) return 'gpt-2';
  if (!spaced && types === 'Digits,ByteLevel' && parts[0]?.['individual_digits'] === true) return 'smollm';
  if (!spaced && types === 'Split,ByteLevel' && last?.['use_regex'] === false) {
    const pattern = parts[0]?.['pattern'];
    const expression = isRecord(pattern) ? pattern['Regex'] : undefined;
    const known = EXPRESSIONS.find(([, source]) => source === expression);
    if (known !== undefined) return known[0];
  }
  const fault = { cut: JSON.stringify(tokenizer['pre_tokenizer'] ?? null).slice(0, 160) };
  if (!anyTokenizer) throw refusal(origin, fault);
  notice(
    `${origin}: ${tokenizerWords(fault)}. "gpt-2" is written instead: with this file llama.cpp must be given token ids, since it would cut ` +
      'text into other tokens than the model knows.',
  );
  return 'gpt-2';
}

/** The steps of a pre-tokenizer or normalizer, one after the other. */
function steps(part: unknown): Json[] {
  if (!isRecord(part)) return [];
  const inner = part['pretokenizers'] ?? part['normalizers'];
  return part['type'] === 'Sequence' && Array.isArray(inner) ? inner.flatMap(steps) : [part];
}

/** Whether SentencePiece puts a space before a text. */
function addsSpace(tokenizer: Json): boolean {
  return [...steps(tokenizer['normalizer']), ...steps(tokenizer['pre_tokenizer'])].some(
    ({ type, prepend_scheme: scheme, add_prefix_space: adds }) =>
      type === 'Prepend' || (type === 'Metaspace' && scheme !== 'never' && adds !== false),
  );
}

function idOf(tokens: readonly string[], token: unknown): number | null {
  const id = typeof token === 'string' ? tokens.indexOf(token) : -1;
  return id < 0 ? null : id;
}

function refusal(origin: string, fault: LlamaCppTokenizer): PolicyError {
  return PolicyError.of('policy/gguf-tokenizer', { origin, fault });
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
