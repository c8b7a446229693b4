/** Text out of a stream of bytes whose encoding nobody stated. */
import { CorpusError } from '../types';
import { concat } from './bytes';
import { decodeText } from './text';

const LF = 10;
/** No record of mail is longer; a line beyond it is something else. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * The text in pieces that end with a line: UTF-16 with a byte-order mark, else UTF-8, else windows-1252, decided for each
 * piece. @throws CorpusError when a line is longer than 64 MiB.
 */
export async function* textPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  let length = 0;
  let wide: TextDecoder | null | undefined;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    if (wide === undefined) {
      wide =
        piece[0] === 0xff && piece[1] === 0xfe
          ? new TextDecoder('utf-16le')
          : piece[0] === 0xfe && piece[1] === 0xff
            ? new TextDecoder('utf-16be')
            : null;
    }
    if (wide !== null) {
      yield wide.decode(piece, { stream: true });
      continue;
    }
    const end = piece.lastIndexOf(LF) + 1;
    if (end > 0) {
      yield withoutMark(decodeText(concat([...rest, piece.subarray(0, end)])));
      rest = [];
      length = 0;
    }
    if (end < piece.length) {
      rest.push(piece.subarray(end));
      length += piece.length - end;
    }
    if (length > MAX_LINE_BYTES) throw CorpusError.of('corpus/line-too-long', { limit: MAX_LINE_BYTES });
  }
  if (length > 0) yield withoutMark(decodeText(concat(rest)));
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Lines without their ends. */
export async function* textLines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
