/** Plain text of HTML mail: block structure as lines, no markup, no links. One pass, linear in the input. */

/** Elements whose content is never shown. */
const HIDDEN = new Set(['head', 'title', 'style', 'script', 'noscript', 'template', 'svg']);
/** Elements that start and end a line, with the number of line breaks they ask for. */
const BREAKS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'ul', 'ol', 'blockquote', 'pre'].map((tag) => [
      tag,
      2,
    ]),
  ),
  ...Object.fromEntries(
    [
      'div',
      'tr',
      'li',
      'dl',
      'dt',
      'dd',
      'hr',
      'center',
      'form',
      'section',
      'article',
      'header',
      'footer',
      'address',
      'fieldset',
      'body',
    ].map((tag) => [tag, 1]),
  ),
};

/** The named entities common in mail; others are kept as written. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', copy: '©', reg: '®', trade: '™', hellip: '…',
  mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', sbquo: '‚', bdquo: '„', laquo: '«', raquo: '»',
  lsaquo: '‹', rsaquo: '›', bull: '•', middot: '·', euro: '€', pound: '£', yen: '¥', cent: '¢', sect: '§', para: '¶',
  deg: '°', plusmn: '±', times: '×', divide: '÷', frac12: '½', frac14: '¼', frac34: '¾', sup2: '²', sup3: '³', micro: 'µ',
  iexcl: '¡', iquest: '¿', ordf: 'ª', ordm: 'º', shy: '', zwnj: '', zwj: '', ensp: ' ', emsp: ' ', thinsp: ' ',
  agrave: 'à', aacute: 'á', acirc: 'â', atilde: 'ã', auml: 'ä', aring: 'å', aelig: 'æ', ccedil: 'ç', egrave: 'è',
  eacute: 'é', ecirc: 'ê', euml: 'ë', igrave: 'ì', iacute: 'í', icirc: 'î', iuml: 'ï', ntilde: 'ñ', ograve: 'ò',
  oacute: 'ó', ocirc: 'ô', otilde: 'õ', ouml: 'ö', oslash: 'ø', oelig: 'œ', ugrave: 'ù', uacute: 'ú', ucirc: 'û',
  uuml: 'ü', yacute: 'ý', yuml: 'ÿ', szlig: 'ß', eth: 'ð', thorn: 'þ', scaron: 'š',
}; // prettier-ignore

export function htmlToText(html: string): string {
  const lower = html.toLowerCase();
  const out = new Lines();
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      out.text(html.slice(at));
      break;
    }
    out.text(html.slice(at, open));
    at = readMarkup(html, lower, open, out);
  }
  return out.finish();
}

/** Handles what starts with the `<` at `open`; returns where reading goes on. */
function readMarkup(html: string, lower: string, open: number, out: Lines): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4);
  const tag = /^<(\/?)([a-z][a-z0-9:-]*)|^<[!?]/i.exec(html.slice(open, open + 40));
  if (tag === null) {
    out.text('<');
    return open + 1;
  }
  const end = tagEnd(html, open + tag[0].length);
  const name = tag[2]?.toLowerCase() ?? '';
  const closes = tag[1] === '/';
  if (HIDDEN.has(name) && !closes && html[end - 2] !== '/') {
    const close = lower.indexOf(`</${name}`, end);
    // Never closed: better to show too much than to lose the mail.
    if (close >= 0) return after(html, '>', close);
  }
  if (name === 'br') out.lineBreak();
  else if (name in BREAKS) out.block(BREAKS[name] ?? 1);
  if ((name === 'td' || name === 'th') && closes) out.text(' ');
  if (name === 'li' && !closes) out.text('- ');
  if (name === 'pre') out.preformatted = !closes;
  return end;
}

/** One past the `>` that ends a tag; quoted attribute values may hold `>`. */
function tagEnd(html: string, from: number): number {
  const close = html.indexOf('>', from);
  if (close < 0) return html.length;
  const tag = html.slice(from, Math.min(close + 1, from + 2000));
  const openQuotes = /=\s*(["'])(?:(?!\1).)*$/s.exec(tag);
  const quote = openQuotes?.[1];
  if (quote === undefined) return close + 1;
  const closing = html.indexOf(quote, close + 1);
  // A quote left open for long is a slip of the author, not a value.
  if (closing < 0 || closing - close > 2000) return close + 1;
  const end = html.indexOf('>', closing);
  return end < 0 ? html.length : end + 1;
}

/** One past `mark`, or the end of the text. */
function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,7}));?/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return namedEntity(name) ?? all;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
        ? '\ufffd'
        : String.fromCodePoint(code);
    },
  );
}

function namedEntity(name: string): string | undefined {
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name];
  const lower = name.toLowerCase();
  if (!Object.hasOwn(ENTITIES, lower)) return undefined;
  // Eacute is the capital of eacute; other capitals (AMP) are the same sign.
  return /^[A-Z][a-z]/.test(name) ? ENTITIES[lower]?.toUpperCase() : ENTITIES[lower];
}

/** Collects text, collapsing white space and never leaving more than one empty line. */
class Lines {
  preformatted = false;
  #parts: string[] = [];
  /** Line breaks due before the next text. */
  #pending = 0;
  #space = false;

  text(raw: string): void {
    if (raw === '') return;
    const text = decodeEntities(raw);
    if (this.preformatted) {
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
