/** Values of a GGUF file's metadata, with the types that a reader expects. */
import { PolicyError } from '../../../errors';
import type { GgufHeader, GgufValue } from '../../../formats/gguf/header';

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
    return this.#typed(key, 'true or false', (value) => typeof value === 'boolean');
  }

  texts(key: string): readonly string[] | null {
    return this.#typed<string[]>(key, 'a list of texts', (value) => isListOf(value, 'string'));
  }

  numbers(key: string): readonly number[] | null {
    return this.#typed<number[]>(key, 'a list of numbers', (value) => isListOf(value, 'number'));
  }

  /** @throws PolicyError when it is not there */
  needed<T>(key: string, value: T | null): T {
    if (value === null) throw this.#wrong(key, 'has no');
    return value;
  }

  #typed<T extends GgufValue>(key: string, kind: string, fits: (value: GgufValue) => boolean): T | null {
    const value = this.#values.get(key);
    if (value === undefined) return null;
    if (!fits(value)) throw this.#wrong(key, `needs ${kind} as`);
    return value as T;
  }

  #wrong(key: string, what: string): PolicyError {
    return new PolicyError(
      `${this.origin}: the GGUF file ${what} ${key}. Convert the model again with a current llama.cpp.`,
    );
  }
}

function isListOf(value: GgufValue, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === type);
}
