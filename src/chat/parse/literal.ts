/** A reader of literals in text, for forms that are not JSON: Python's values, and Gemma's with bare keys. */

/** What a dialect of literals adds to JSON's. */
export interface LiteralRules {
  /** Pairs of marks around text that is taken as it stands; tried before quotes. */
  readonly raw: readonly (readonly [open: string, close: string])[];
  /** Single quotes and three quotes, tuples, True, False and None. */
  readonly isPython: boolean;
  /** Keys of objects may stand without quotes. */
  readonly bareKeys: boolean;
}

/** The text at this place is no literal. Caught by the forms' readers, never seen outside. */
export class LiteralError extends Error {}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const PYTHON_WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_][\p{L}\p{N}_.]*/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0' },
  ...{ '\\': '\\', "'": "'", '"': '"', '/': '/', '\n': '' },
};

/** Deep nesting is no call, and would exhaust the stack. */
const MAX_DEPTH = 100;

export class LiteralReader {
  position: number;
  readonly #text: string;
  readonly #rules: LiteralRules;
  #depth = 0;

  constructor(text: string, position: number, rules: LiteralRules) {
    this.#text = text;
    this.position = position;
    this.#rules = rules;
  }

  /** Goes past blanks and then past `token`, if it is there. */
  take(token: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new LiteralError(`${token} is missing`);
  }

  /** A name such as `search.call`, or null. */
  word(): string | null {
    this.#blanks();
    return this.#match(WORD);
  }

  /** @throws LiteralError */
  value(): unknown {
    this.#blanks();
    if (++this.#depth > MAX_DEPTH) throw new LiteralError('nested too deeply');
    try {
      return this.#value();
    } finally {
      this.#depth--;
    }
  }

  /** Items up to `close`, with commas between them and one allowed at the end. @throws LiteralError */
  items(close: string, item: () => void): void {
    while (!this.take(close)) {
      item();
      if (!this.take(',')) {
        this.expect(close);
        return;
      }
    }
  }

  #value(): unknown {
    const raw = this.#raw();
    if (raw !== null) return raw;
    const char = this.#text[this.position];
    if (char === '"' || (char === "'" && this.#rules.isPython)) return this.#string(char);
    if (this.take('[')) return this.#list(']');
    if (this.#rules.isPython && this.take('(')) return this.#list(')');
    if (this.take('{')) return this.#object();
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number.replaceAll('_', ''));
    const word = this.#match(WORD);
    if (word !== null && WORDS.has(word)) return WORDS.get(word);
    if (word !== null && this.#rules.isPython && PYTHON_WORDS.has(word)) return PYTHON_WORDS.get(word);
    throw new LiteralError(`${JSON.stringify(char ?? '')} begins no value`);
  }

  #list(close: string): unknown[] {
    const list: unknown[] = [];
    this.items(close, () => list.push(this.value()));
    return list;
  }

  #object(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.items('}', () => {
      const key = this.#key();
      this.expect(':');
      entries.push([key, this.value()]);
    });
    return Object.fromEntries(entries);
  }

  #key(): string {
    this.#blanks();
    const raw = this.#raw();
    if (raw !== null) return raw;
    const bare = this.#rules.bareKeys ? this.#match(/[^\s:,{}"'[\]<]+/y) : null;
    if (bare !== null) return bare;
    const key = this.value();
    if (typeof key !== 'string') throw new LiteralError('a key is no text');
    return key;
  }

  #raw(): string | null {
    for (const [open, close] of this.#rules.raw) {
      if (!this.#text.startsWith(open, this.position)) continue;
      const begin = this.position + open.length;
      const end = this.#text.indexOf(close, begin);
      if (end < 0) throw new LiteralError(`${close} is missing`);
      this.position = end + close.length;
      return this.#text.slice(begin, end);
    }
    return null;
  }

  #string(quote: string): string {
    const long = quote.repeat(3);
    const isLong = this.#rules.isPython && this.#text.startsWith(long, this.position);
    const end = isLong ? long : quote;
    let result = '';
    for (let i = this.position + end.length; i < this.#text.length; i++) {
      if (this.#text.startsWith(end, i)) {
        this.position = i + end.length;
        return result;
      }
      const char = this.#text[i] as string;
      if (char === '\n' && !isLong) break;
      if (char !== '\\') result += char;
      else {
        const [shown, length] = this.#escape(i + 1);
        result += shown;
        i += length;
      }
    }
    throw new LiteralError('a text has no end');
  }

  /** What an escape stands for, and its characters after the backslash. */
  #escape(at: number): readonly [string, number] {
    const char = this.#text[at] ?? '';
    const digits = { u: 4, x: 2, U: 8 }[char];
    if (digits !== undefined) {
      const hex = this.#text.slice(at + 1, at + 1 + digits);
      const code = Number.parseInt(hex, 16);
      if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(hex) || code > 0x10ffff)
        throw new LiteralError('an escape is not complete');
      return [String.fromCodePoint(code), 1 + digits];
    }
    const known = ESCAPES[char];
    // Python keeps the backslash of escapes that it does not know.
    return known === undefined ? [`\\${char}`, 1] : [known, 1];
  }

  #blanks(): void {
    this.#match(/\s*/y);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.position += found.length;
    return found;
  }
}
