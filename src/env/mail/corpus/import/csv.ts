/** Comma-separated values after RFC 4180, also with LF line ends. */
import { CorpusError } from '../types';

/**
 * Rows of fields. Quoted fields may hold commas, line breaks and doubled quotes; empty lines are skipped.
 * @throws CorpusError when a quoted field is never closed.
 */
export function* csvRows(text: string): Generator<string[]> {
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    const start = at;
    if (text[at] === '"') {
      [field, at] = quotedField(text, at);
    } else {
      at = nextDelimiter(text, at);
      field = text.slice(start, at);
    }
    const delimiter = text[at];
    row.push(delimiter === '\n' && field.endsWith('\r') && text[start] !== '"' ? field.slice(0, -1) : field);
    at++;
    if (delimiter === ',') {
      if (at === text.length) row.push('');
      else continue;
    }
    if (row.length > 1 || row[0] !== '') yield row;
    row = [];
  }
  if (row.length > 0) yield row;
}

/** The field whose opening quote is at `open`, and the place of the delimiter after it. */
function quotedField(text: string, open: number): [string, number] {
  const parts: string[] = [];
  let at = open + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      const line = text.slice(0, open).split('\n').length;
      throw CorpusError.of('corpus/csv-quote', { line });
    }
    parts.push(text.slice(at, quote));
    at = quote + 1;
    if (text[at] !== '"') break;
    parts.push('"');
    at++;
  }
  const end = nextDelimiter(text, at);
  // Text after the closing quote belongs to the field, as lenient readers have it.
  return [parts.join('') + text.slice(at, end).replace(/\r$/, ''), end];
}

function nextDelimiter(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === ',' || character === '\n') return at;
  }
  return text.length;
}
