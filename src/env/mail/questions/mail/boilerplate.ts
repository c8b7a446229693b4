/** Lines that end many mails: footers of lists, signatures, notices of companies. */
import { streamOf } from '../../../../random/philox';
import type { Email } from '../../corpus/types';
import type { Span } from '../types';

/** A line that ends so many mails belongs to none of them. */
const MANY = 4;
/** Where footers are looked for, in lines from the end. */
const LAST_LINES = 30;
/** Shorter lines are greetings and names, which may repeat. */
const SHORTEST = 12;

/** Counts lines by a hash, in a table so sparse that two of them seldom meet; four meetings would be needed. */
export class Boilerplate {
  readonly #counts: Uint8Array;

  constructor(emails: readonly Email[]) {
    this.#counts = new Uint8Array(
      2 ** Math.min(26, Math.ceil(Math.log2(emails.length * LAST_LINES * 8 + 1024))),
    );
    for (const { body } of emails) {
      const slots = new Set(lastLines(body).map(({ text }) => this.#slot(text)));
      for (const slot of slots) this.#counts[slot] = Math.min(255, (this.#counts[slot] ?? 0) + 1);
    }
  }

  /** The stretches of a body that stand at the end of many others, ascending. */
  spans({ body }: Email): Span[] {
    return lastLines(body).filter(({ text }) => (this.#counts[this.#slot(text)] ?? 0) >= MANY);
  }

  #slot(text: string): number {
    return streamOf(text) & (this.#counts.length - 1);
  }
}

function lastLines(body: string): (Span & { readonly text: string })[] {
  const lines: (Span & { readonly text: string })[] = [];
  let end = body.length;
  while (end > 0 && lines.length < LAST_LINES) {
    const start = body.lastIndexOf('\n', end - 1) + 1;
    const text = body.slice(start, end).trim();
    if (text.length >= SHORTEST) lines.push({ start, end, text });
    end = start - 1;
  }
  return lines.reverse();
}
