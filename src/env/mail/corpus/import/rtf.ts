/** Text of Rich Text Format, as Outlook keeps it; HTML that it wraps comes out as HTML. */
import { decodeCharset } from './charset';

/** Destinations whose content is no text. */
const SILENT =
  /^(?:fonttbl|colortbl|stylesheet|info|pict|object|header\w?|footer\w?|listtable|listoverridetable|rsidtbl|generator|themedata|datastore|latentstyles|mhtmltag)$/;
const BREAKS: Readonly<Record<string, string>> = {
  par: '\n', line: '\n', sect: '\n', page: '\n', row: '\n', tab: '\t', cell: '\t', emdash: '—', endash: '–',
  lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”', bullet: '•', '~': '\u00a0', _: '-', '-': '', '\n': '\n', '\r': '',
}; // prettier-ignore
const TOKEN = /\\(?:'([0-9a-f]{2})|([a-z]+)(-?\d+)? ?|([^a-z]))|([{}])|([^\\{}\r\n]+)|[\r\n]+/gi;

interface Group {
  readonly silent: boolean;
  readonly html: boolean;
}

export interface RtfContent {
  readonly text: string;
  /** Whether the text is HTML. */
  readonly isHtml: boolean;
}

export function rtfContent(rtf: string): RtfContent {
  const isHtml = /\\fromhtml1?\b/.test(rtf.slice(0, 1000));
  const codePage = /\\ansicpg(\d+)/.exec(rtf.slice(0, 1000))?.[1] ?? '1252';
  const charset = codePage === '65001' ? 'utf-8' : `windows-${codePage}`;
  const out: string[] = [];
  let bytes: number[] = [];
  const stack: Group[] = [];
  let group: Group = { silent: false, html: false };
  let hiddenRtf = false;
  let star = false;
  let skip = 0;
  let perUnicode = 1;
  const write = (text: string): void => {
    if (bytes.length > 0) {
      out.push(decodeCharset(Uint8Array.from(bytes), charset));
      bytes = [];
    }
    out.push(text);
  };
  const shows = (): boolean => !group.silent && (!isHtml || group.html || !hiddenRtf);
  for (const [, hex, word, number, sign, brace, plain] of rtf.matchAll(TOKEN)) {
    if (brace === '{') stack.push(group);
    else if (brace === '}') group = stack.pop() ?? group;
    else if (sign === '*') {
      star = true;
      continue;
    } else if (word !== undefined) {
      if (word === 'htmltag') group = { silent: false, html: true };
      else if (star || SILENT.test(word)) group = { silent: true, html: false };
      else if (word === 'htmlrtf') hiddenRtf = number !== '0';
      else if (word === 'uc') perUnicode = Number(number ?? 1);
      else if (word === 'u' && shows()) {
        write(String.fromCharCode((Number(number) + 65536) % 65536));
        skip = perUnicode;
        continue;
      } else if (word === 'bin') group = { silent: true, html: false };
      else if (shows() && BREAKS[word] !== undefined) write(BREAKS[word]);
    } else if (hex !== undefined) {
      if (skip > 0) skip--;
      else if (shows()) bytes.push(Number.parseInt(hex, 16));
      continue;
    } else if (sign !== undefined && shows()) write(BREAKS[sign] ?? sign);
    else if (plain !== undefined && shows()) {
      write(plain.slice(skip));
    }
    star = false;
    skip = 0;
  }
  write('');
  return { text: out.join(''), isHtml };
}
