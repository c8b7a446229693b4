/** Values of a GGUF file's metadata, with the types that a reader expects. */
import { PolicyError } from '../../../errors/policy';
import type { ParamsOf } from '../../../errors/texts';
import type { GgufHeader, GgufValue } from '../../../formats/gguf/header';

type Needs = ParamsOf<'policy/gguf-value'>['needs'];

export class Metadata {
  readonly origin: string;
  readonly #values: ReadonlyMap<string, GgufValue>;

  constructor({ metadata }: GgufHeader, origin: string) {
    this.origin = origin;
    this.#values = metadata;
  }

  /** Null where the key is not there. @throws PolicyError for a value of another type */
  number(key: string): number | null {
    return this.#typed(key, 'number', (value) => typeof value === 'number');
  }

  text(key: string): string | null {
    return this.#typed(key, 'text', (value) => typeof value === 'string');
  }

  boolean(key: string): boolean | null {
    return this.#typed(key, 'boolean', (value) => typeof value === 'boolean');
  }

  texts(key: string): readonly string[] | null {
    return this.#typed<string[]>(key, 'texts', (value) => isListOf(value, 'string'));
  }

  numbers(key: string): readonly number[] | null {
    return this.#typed<number[]>(key, 'numbers', (value) => isListOf(value, 'number'));
  }

  /** @throws PolicyError when it is not there */
  needed<T>(key: string, value: T | null): T {
    if (value === null) throw PolicyError.of('policy/gguf-no-value', { origin: this.origin, key });
    return value;
  }

  #typed<T extends GgufValue>(key: string, needs: Needs, fits: (value: GgufValue) => boolean): T | null {
    const value = this.#values.get(key);
    if (value === undefined) return null;
    if (!fits(value)) throw this.#wrong(key, needs);
    return value as T;
  }

  #wrong(key: string, needs: Needs): PolicyError {
    return PolicyError.of('policy/gguf-value', { origin: this.origin, key, needs });
  }
}

function isListOf(value: GgufValue, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === type);
}
