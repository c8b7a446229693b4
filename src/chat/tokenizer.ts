/** Text to token ids and back, by transformers.js, from files instead of from its own download code. */
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { readJson } from '../formats/files';
import type { ModelFiles } from '../formats/files';
import { readChatTemplates, type ChatTemplates } from './template-files';
import type { TokenId } from '../tokens/types';
import { foreign } from '../errors';
import { PolicyError } from '../errors/policy';

export interface TextTokenizer {
  /** transformers.js's own object, for `generate()`, streamers and chat templates. */
  readonly pretrained: PreTrainedTokenizer;
  /** One more than the largest id. */
  readonly size: number;
  readonly bosTokenId: TokenId | null;
  /** The model's chat templates by name; empty for none. */
  readonly templates: ChatTemplates;
  /** Ids of tokens that are matched as a whole in text, special ones among them, by their text. */
  readonly addedTokens: ReadonlyMap<string, { readonly id: TokenId; readonly special: boolean }>;
  /** Ids of a text; nothing is added at its ends. Text that spells an added token becomes that token. */
  encode(text: string): TokenId[];
  /** Text of ids; special tokens are left out unless asked for. */
  decode(ids: readonly TokenId[], options?: { keepSpecial?: boolean }): string;
  /** Text of one token as it stands inside a text: with its leading space, special tokens spelled out. */
  tokenText(id: TokenId): string;
}

/** @throws PolicyError when `tokenizer.json` or `tokenizer_config.json` is missing or not understood. */
export async function createTokenizer(files: ModelFiles): Promise<TextTokenizer> {
  const tokenizerJson = await readJson(files, 'tokenizer.json');
  const config = await readTokenizerConfig(files);
  let pretrained: PreTrainedTokenizer;
  try {
    pretrained = new PreTrainedTokenizer(tokenizerJson as object, config);
  } catch (cause) {
    throw PolicyError.of('policy/tokenizer', { origin: files.origin, reason: foreign(cause) }, { cause });
  }
  const templates = await readChatTemplates(files, config['chat_template']);
  return new Adapter(pretrained, tokenizerJson as { added_tokens?: unknown }, templates);
}

/** `tokenizer_config.json`, with special tokens always as texts. */
async function readTokenizerConfig(files: ModelFiles): Promise<Record<string, unknown>> {
  const json = await readJson(files, 'tokenizer_config.json');
  if (typeof json !== 'object' || json === null) {
    throw PolicyError.of('policy/no-object', { origin: files.origin, path: 'tokenizer_config.json' });
  }
  const config: Record<string, unknown> = { ...json };
  for (const [key, value] of Object.entries(config)) {
    if (/^[a-z]+_token$/.test(key) && typeof value === 'object' && value !== null && 'content' in value) {
      config[key] = value.content;
    }
  }
  return config;
}

class Adapter implements TextTokenizer {
  readonly pretrained: PreTrainedTokenizer;
  readonly size: number;
  readonly bosTokenId: TokenId | null;
  readonly templates: ChatTemplates;
  readonly addedTokens: ReadonlyMap<string, { readonly id: TokenId; readonly special: boolean }>;
  readonly #known: ReadonlySet<TokenId>;
  readonly #anchor: TokenId[];
  readonly #anchorText: string;

  constructor(pretrained: PreTrainedTokenizer, json: { added_tokens?: unknown }, templates: ChatTemplates) {
    this.pretrained = pretrained;
    this.templates = templates;
    const added = Array.isArray(json.added_tokens)
      ? (json.added_tokens as { id: number; content: string; special?: boolean }[])
      : [];
    this.addedTokens = new Map(
      added.map((token) => [token.content, { id: token.id, special: token.special ?? false }]),
    );
    this.#known = new Set([
      ...pretrained.get_vocab().values(),
      ...[...this.addedTokens.values()].map(({ id }) => id),
    ]);
    this.size = [...this.#known].reduce((most, id) => Math.max(most, id + 1), 0);
    this.bosTokenId = pretrained.bos_token_id ?? null;
    // Decoders treat the first token differently (SentencePiece drops its space), so one is put before.
    this.#anchor = this.encode('a');
    this.#anchorText = this.decode(this.#anchor);
  }

  encode(text: string): TokenId[] {
    const ids = text === '' ? [] : this.pretrained.encode(text, { add_special_tokens: false });
    if (ids.some((id) => (id as TokenId | undefined) === undefined)) {
      throw PolicyError.of('policy/no-tokens', { text: text.slice(0, 60) });
    }
    return ids;
  }

  decode(ids: readonly TokenId[], { keepSpecial = false } = {}): string {
    // Models may have more output rows than their tokenizer has tokens; such ids have no text.
    const known = ids.filter((id) => this.#known.has(id));
    if (known.length === 0) return '';
    return this.pretrained.decode(known, {
      skip_special_tokens: !keepSpecial,
      clean_up_tokenization_spaces: false,
    });
  }

  tokenText(id: TokenId): string {
    if (!this.#known.has(id)) return `<${id}>`;
    return this.decode([...this.#anchor, id], { keepSpecial: true }).slice(this.#anchorText.length);
  }
}
