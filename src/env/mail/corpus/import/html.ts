/** Plain text of HTML mail: block structure as lines, no markup, no links. One pass, linear in the input. */
import { Parser } from 'htmlparser2';

/** Elements whose content is never shown. */
const HIDDEN = new Set(['head', 'title', 'style', 'script', 'noscript', 'template', 'svg']);
/** Elements that start and end a line, with the number of line breaks they ask for. */
const BREAKS: ReadonlyMap<string, number> = new Map([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'ul', 'ol', 'blockquote', 'pre'].map(
    (tag): [string, number] => [tag, 2],
  ),
  ...'div tr li dl dt dd hr center form section article header footer address fieldset body'
    .split(' ')
    .map((tag): [string, number] => [tag, 1]),
]);

const HIDDEN_OPEN = /<(head|title|style|script|noscript|template|svg)(?=[\s/>])/gi;
const HIDDEN_CLOSE = /<\/(head|title|style|script|noscript|template|svg)(?=[\s>])/gi;

/** Hidden elements that are never closed are shown: better too much than to lose the mail. */
function closedOnly(html: string): string {
  const last = new Map<string, number>();
  for (const { 1: name = '', index } of html.matchAll(HIDDEN_CLOSE)) last.set(name.toLowerCase(), index);
  return html.replace(HIDDEN_OPEN, (open, name: string, at: number) =>
    at < (last.get(name.toLowerCase()) ?? -1) ? open : `<x-${name}`,
  );
}

export function htmlToText(html: string): string {
  const out = new Lines();
  let hidden = 0;
  const parser = new Parser(
    {
      onopentag(name) {
        if (HIDDEN.has(name)) hidden++;
        if (hidden > 0) return;
        if (name === 'br') out.lineBreak();
        else out.block(BREAKS.get(name) ?? 0);
        if (name === 'li') out.text('- ');
        if (name === 'pre') out.preformatted++;
      },
      onclosetag(name, implied) {
        if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
        if (hidden > 0 || name === 'br') return;
        if (name === 'pre') out.preformatted = Math.max(0, out.preformatted - 1);
        // An element that nobody closed ends where the text ends; that is no new line.
        if (!implied || name !== 'p') out.block(BREAKS.get(name) ?? 0);
        if (name === 'td' || name === 'th') out.text(' ');
      },
      ontext(text) {
        if (hidden === 0) out.text(text);
      },
    },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: true },
  );
  parser.end(closedOnly(html));
  return out.finish();
}

/** Collects text, collapsing white space and never leaving more than one empty line. */
class Lines {
  preformatted = 0;
  #parts: string[] = [];
  /** Line breaks due before the next text. */
  #pending = 0;
  #space = false;

  text(text: string): void {
    if (this.preformatted > 0) {
      this.#flush();
      this.#parts.push(text.replace(/\r\n?/g, '\n'));
      return;
    }
    const words = text.replace(/[\s\u00a0]+/g, ' ');
    const trimmed = words.trim();
    if (words.startsWith(' ')) this.#space = true;
    if (trimmed === '') return;
    this.#flush();
    this.#parts.push(trimmed);
    this.#space = words.endsWith(' ');
  }

  lineBreak(): void {
    this.#pending = Math.min(this.#pending + 1, 2);
    this.#space = false;
  }

  block(breaks: number): void {
    if (breaks === 0) return;
    this.#pending = Math.max(this.#pending, breaks);
    this.#space = false;
  }

  finish(): string {
    return this.#parts.join('').trim();
  }

  #flush(): void {
    if (this.#pending > 0 && this.#parts.length > 0) this.#parts.push('\n'.repeat(this.#pending));
    else if (this.#space && this.#parts.length > 0) this.#parts.push(' ');
    this.#pending = 0;
    this.#space = false;
  }
}
