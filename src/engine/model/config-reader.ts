/** Reads checked values out of a parsed `config.json`. Every refusal names the file, the key and what was found. */
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type { ConfigNeeds, UnsupportedKey } from '../../errors/texts/en/policy/config';
import type { TokenId } from '../../tokens/types';

export type Json = Readonly<Record<string, unknown>>;

/** Far above any published model; beyond them the file is damaged. */
export const SIZE_LIMITS = {
  vocab_size: 2_000_000,
  hidden_size: 65_536,
  num_hidden_layers: 512,
  num_attention_heads: 1024,
  num_key_value_heads: 1024,
  head_dim: 1024,
  intermediate_size: 1_048_576,
  max_position_embeddings: 2 ** 31,
  sliding_window: 2 ** 31,
  sliding_window_pattern: 512,
  no_rope_layer_interval: 512,
} as const;

export type SizeKey = keyof typeof SIZE_LIMITS;

export class ConfigReader {
  readonly json: Json;
  /** Which file this is, for messages. */
  readonly origin: string;

  constructor(json: Json, origin: string) {
    this.json = json;
    this.origin = origin;
  }

  /** Whether the key is there with a value other than null. */
  has(key: string): boolean {
    return isPresent(this.json[key]);
  }

  size(key: SizeKey, fallback: number | null): number {
    const value = this.has(key) ? this.json[key] : fallback;
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > SIZE_LIMITS[key]) {
      throw this.#wrong(key, { integer: SIZE_LIMITS[key] }, this.json[key]);
    }
    return value as number;
  }

  number(key: string, fallback: number | null, least: number, most: number): number {
    const value = this.has(key) ? this.json[key] : fallback;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.#wrong(key, { least, most }, this.json[key]);
    }
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.json[key] ?? fallback;
    if (typeof value !== 'boolean') {
      throw this.#wrong(key, 'boolean', value);
    }
    return value;
  }

  /** The object under a key, to read on in; null when it is absent or null. */
  child(key: string): ConfigReader | null {
    const value = this.json[key];
    if (!isPresent(value)) return null;
    if (!isRecord(value)) throw this.#wrong(key, 'object', value);
    return new ConfigReader(value, `${this.origin}: ${key}`);
  }

  /** A list with an entry for each of `count` layers, of which more are ignored; null when it is absent or null. */
  perLayer<T>(key: string, count: number, allowed: readonly T[]): T[] | null {
    const value = this.json[key];
    if (!isPresent(value)) return null;
    const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, count) : [];
    if (list.length < count || !list.every((entry) => allowed.includes(entry as T))) {
      throw this.#wrong(key, { layers: count, among: allowed.map((each) => JSON.stringify(each)) }, value);
    }
    return list as T[];
  }

  /** A token id, a list of them, or null. */
  tokenIds(key: string, fallback: TokenId | null, vocabSize: number): TokenId[] {
    const value = this.json[key] === undefined ? fallback : this.json[key];
    const ids: unknown[] = value === null ? [] : Array.isArray(value) ? value : [value];
    for (const id of ids) {
      if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
        throw PolicyError.of('policy/config-token-ids', {
          origin: this.origin,
          key,
          vocabulary: vocabSize,
          found: shownOf(value),
        });
      }
    }
    return [...new Set(ids as TokenId[])];
  }

  /** What the file says cannot be. */
  #wrong(key: string, needs: ConfigNeeds, value: unknown): PolicyError {
    return PolicyError.of('policy/config-value', { origin: this.origin, key, needs, found: shownOf(value) });
  }

  /** The model does something that the engine does not compute. */
  unsupported(key: UnsupportedKey): PolicyError {
    return PolicyError.of('policy/config-unsupported', {
      origin: this.origin,
      key,
      found: shownOf(this.json[key]),
    });
  }
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
