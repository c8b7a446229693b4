/** Separated values after RFC 4180, also with LF line ends, in pieces of text. */
import { CorpusError } from '../types';

export type Delimiter = ',' | ';' | '\t';

/** A quoted field beyond this is a quote that nobody closed. */
const MAX_FIELD = 64 * 1024 * 1024;

/**
 * Rows of fields, as text comes in. Quoted fields may hold delimiters, line breaks and doubled quotes; empty lines are skipped.
 * Each method throws a CorpusError when a quoted field is never closed, or not within 64 Mi characters.
 */
export class CsvReader {
  readonly #delimiter: Delimiter;
  #rest = '';
  #row: string[] = [];
  #line = 1;

  constructor(delimiter: Delimiter = ',') {
    this.#delimiter = delimiter;
  }

  /** The rows that end in this text. */
  push(text: string): Generator<string[]> {
    return this.#rows(this.#rest + text, false);
  }

  end(): Generator<string[]> {
    return this.#rows(this.#rest, true);
  }

  *#rows(text: string, final: boolean): Generator<string[]> {
    let at = 0;
    while (at < text.length) {
      const start = at;
      const quoted = text[at] === '"';
      const read = quoted ? this.#quoted(text, at, final) : { field: '', from: at };
      const end = read === null ? -1 : this.#delimiterAt(text, read.from);
      // What ends with the text may go on in the next piece.
      if (read === null || (end === text.length && !final)) {
        if (text.length - start > MAX_FIELD) throw CorpusError.of('corpus/csv-quote', { line: this.#line });
        this.#rest = text.slice(start);
        return;
      }
      // Text after the closing quote belongs to the field, as lenient readers have it.
      const tail = text.slice(read.from, end);
      const delimiter = text[end];
      this.#row.push(read.field + (delimiter === '\n' || quoted ? tail.replace(/\r$/, '') : tail));
      for (let i = text.indexOf('\n', start); i >= 0 && i <= end; i = text.indexOf('\n', i + 1)) this.#line++;
      at = end + 1;
      if (delimiter === this.#delimiter) continue;
      const row = this.#row;
      this.#row = [];
      if (row.length > 1 || row[0] !== '') yield row;
    }
    this.#rest = '';
    // A row that waits for more ends with an empty field.
    if (final && this.#row.length > 0) {
      yield [...this.#row, ''];
      this.#row = [];
    }
  }

  /** The field whose opening quote is at `open`, and the place behind its closing one; null when that is not there yet. */
  #quoted(text: string, open: number, final: boolean): { field: string; from: number } | null {
    const parts: string[] = [];
    let at = open + 1;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        if (final) throw CorpusError.of('corpus/csv-quote', { line: this.#line });
        return null;
      }
      parts.push(text.slice(at, quote));
      at = quote + 1;
      if (text[at] !== '"') return { field: parts.join(''), from: at };
      parts.push('"');
      at++;
    }
  }

  #delimiterAt(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const character = text[at];
      if (character === this.#delimiter || character === '\n') return at;
    }
    return text.length;
  }
}

/** Rows of a whole text. @throws CorpusError as {@link CsvReader} does */
export function* csvRows(text: string, delimiter: Delimiter = ','): Generator<string[]> {
  const reader = new CsvReader(delimiter);
  yield* reader.push(text);
  yield* reader.end();
}
