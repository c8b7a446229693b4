/**
 * Byte-level byte-pair encoding (Sennrich et al. 2016; bytes as in GPT-2): learning the merges and applying them.
 * The product encodes with transformers.js; this encoder exists to learn, and to write traces by the million.
 */
import { BYTE_SYMBOLS } from '../../src/tokens/byte-symbols';

/**
 * Pieces that merges never cross. Only lower-case words take their leading space: capitalised words, numbers and
 * amounts look alike after a space and after a quote. Numbers are cut into pairs from the left.
 */
export const SPLIT_PATTERN = String.raw`\\[nrt"\\/bfu]| ?[a-z]+|[A-Z][a-z]*|\d{1,2}|\$|[^\sA-Za-z0-9\\$]+|\\|\s`;

export interface Piece {
  readonly piece: string;
  /** One of the given tokens, not to be split further. */
  readonly given: boolean;
}

export type Merge = readonly [string, string];

const utf8 = new TextEncoder();
const symbolsOf = (piece: string): string[] =>
  Array.from(utf8.encode(piece), (byte) => BYTE_SYMBOLS[byte] as string);

/** Cuts text at the given tokens, longest first, then by {@link SPLIT_PATTERN}. */
export function splitter(tokens: readonly string[]): (text: string) => Piece[] {
  const escaped = [...tokens]
    .sort((a, b) => b.length - a.length)
    .map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const given = escaped.length === 0 ? null : new RegExp(`(${escaped.join('|')})`);
  const pattern = new RegExp(SPLIT_PATTERN, 'gu');
  return (text) => {
    const parts = given === null ? [text] : text.split(given);
    return parts.flatMap((part, i): Piece[] =>
      i % 2 === 1
        ? [{ piece: part, given: true }]
        : Array.from(part.matchAll(pattern), ([piece]) => ({ piece, given: false })),
    );
  };
}

/**
 * Learns merges from counted pieces, most frequent pair first, ties by text. Pairs seen fewer than `minCount` times
 * are not merged, so the list may be shorter than asked.
 * @param first merges made before any is counted.
 */
export function learnMerges(
  pieces: ReadonlyMap<string, number>,
  wanted: number,
  minCount: number,
  first: readonly Merge[],
): Merge[] {
  const merges = [...first];
  const words = Array.from(pieces, ([piece, count]) => ({ symbols: symbolsOf(piece), count }));
  const apply = ([a, b]: Merge): void => {
    for (const word of words) {
      const { symbols } = word;
      for (let i = 0; i + 1 < symbols.length; i++) {
        if (symbols[i] === a && symbols[i + 1] === b) symbols.splice(i, 2, a + b);
      }
    }
  };
  first.forEach(apply);
  while (merges.length < wanted) {
    const counts = new Map<string, number>();
    for (const { symbols, count } of words) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = `${symbols[i] as string} ${symbols[i + 1] as string}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    }
    let best = '';
    let most = 0;
    for (const [pair, count] of counts) {
      if (count > most || (count === most && pair < best)) [best, most] = [pair, count];
    }
    if (most < minCount) break;
    const [a, b] = best.split(' ') as [string, string];
    merges.push([a, b]);
    apply([a, b]);
  }
  return merges;
}

/** Every two-digit number as one token. */
export function digitPairs(): Merge[] {
  return Array.from({ length: 100 }, (_, n) => [String(Math.floor(n / 10)), String(n % 10)] as const);
}

export class BpeEncoder {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks = new Map<string, number>();
  readonly #given: ReadonlyMap<string, number>;
  readonly #split: (text: string) => Piece[];
  readonly #cache = new Map<string, readonly number[]>();

  /** @param vocabulary symbol to id; @param given whole tokens to id, found before anything is split. */
  constructor(
    vocabulary: ReadonlyMap<string, number>,
    merges: readonly Merge[],
    given: ReadonlyMap<string, number>,
  ) {
    this.#ids = vocabulary;
    this.#given = given;
    merges.forEach(([a, b], rank) => this.#ranks.set(`${a} ${b}`, rank));
    this.#split = splitter([...given.keys()]);
  }

  encode(text: string): number[] {
    return this.#split(text).flatMap(({ piece, given }) =>
      given ? [this.#given.get(piece) as number] : this.#piece(piece),
    );
  }

  #piece(piece: string): readonly number[] {
    const known = this.#cache.get(piece);
    if (known !== undefined) return known;
    const symbols = symbolsOf(piece);
    for (;;) {
      let at = -1;
      let best = Infinity;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const rank = this.#ranks.get(`${symbols[i] as string} ${symbols[i + 1] as string}`);
        if (rank !== undefined && rank < best) [at, best] = [i, rank];
      }
      if (at < 0) break;
      symbols.splice(at, 2, (symbols[at] as string) + (symbols[at + 1] as string));
    }
    const ids = symbols.map((symbol) => this.#ids.get(symbol) as number);
    this.#cache.set(piece, ids);
    return ids;
  }
}
