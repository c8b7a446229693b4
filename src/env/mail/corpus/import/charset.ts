/** Text of bytes whose charset is named wrongly, in a way that browsers do not know, or not at all. */
import { analyse } from 'chardet';
import { decodeBytes } from './text';

/** Names in use for charsets that TextDecoder knows under another name. */
const ALIASES: Readonly<Record<string, string>> = {
  'utf-8mb4': 'utf-8', utf8mb4: 'utf-8', 'utf-8mb3': 'utf-8', cp65001: 'utf-8',  cp932: 'shift_jis',
  cp949: 'euc-kr', cp950: 'big5', cp874: 'windows-874', 'tis-620': 'windows-874', ks_c_5601: 'euc-kr', cp819: 'iso-8859-1',
  latin1: 'iso-8859-1', 'iso8859-1': 'iso-8859-1', 'iso-8859-8-i': 'iso-8859-8', 'hz-gb-2312': 'hz', 'csiso2022kr': 'iso-2022-kr',
}; // prettier-ignore
/** Some decoders read only the older, smaller charset under these names. */
const OLD_GB = /^(?:gb2312|gbk|x-gbk|gb_2312-80|cp936|csgb2312)$/;
/** Labels that say nothing: bytes beyond ASCII can be anything. */
const SILENT =
  /^(?:|us-ascii|ascii|ansi_x3\.4-1968|unknown.*|x-unknown|default|_default.*|none|binary|8bit|7bit|iso-8859-1:.*)$/;

/** A label in the form that {@link decodeCharset} compares. */
export function normaliseCharset(label: string): string {
  const plain = label
    .trim()
    .replace(/^["']|["']$/g, '')
    .toLowerCase();
  return ALIASES[plain] ?? plain.replace(/^(?:x-ms-|x-)(?=cp|windows)/, '');
}

/** Whether bytes under this label are decoded as every browser does, so that nobody needs to look at them. */
export function isPlainCharset(label: string): boolean {
  const name = normaliseCharset(label);
  return !SILENT.test(name) && name === label.trim().toLowerCase() && decoderOf(name) !== null;
}

/** Whether a text under this label can have characters that not every decoder knows under it. */
export function isOldGb(label: string): boolean {
  return OLD_GB.test(label.trim().toLowerCase());
}

/** Text of bytes under a label, whatever that says; never fails. */
export function decodeCharset(bytes: Uint8Array, label: string): string {
  const name = normaliseCharset(label);
  if (name === 'utf-7' || name === 'unicode-1-1-utf-7') return decodeUtf7(decodeBytes(bytes));
  if (name === 'iso-2022-kr') return decodeIso2022Kr(bytes);
  if (name === 'hz') return decodeHz(bytes);
  if (isOldGb(name)) return new TextDecoder('gb18030').decode(bytes);
  if (!SILENT.test(name)) {
    const decoder = decoderOf(name);
    if (decoder !== null) return decoder.decode(bytes);
  }
  return new TextDecoder(guessCharset(bytes)).decode(bytes);
}

/** What TextDecoder should read the bytes as: UTF-8 where that is possible, else what their values look like. */
export function guessCharset(bytes: Uint8Array): string {
  if (isUtf8(bytes))
    return bytes.includes(27) && /\x1b\$[@B]|\x1b\([JI]/.test(decodeBytes(bytes)) ? 'iso-2022-jp' : 'utf-8';
  const sample = bytes.subarray(0, 64 * 1024);
  const [best] = analyse(sample);
  const pairs = doubleBytes(sample);
  // Short texts of pairs look like nothing to a counter of letters.
  if (pairs !== null && (best === undefined || best.confidence < 50 || /^ISO-8859-[12]$/.test(best.name)))
    return pairs;
  const name = best?.name.toLowerCase() ?? '';
  // Latin-1 is a part of windows-1252 wherever mail has text.
  return name === '' || name === 'iso-8859-1' || decoderOf(name) === null ? 'windows-1252' : name;
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const decoders = new Map<string, TextDecoder | null>();
function decoderOf(name: string): TextDecoder | null {
  let decoder = decoders.get(name);
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(name);
    } catch {
      decoder = null;
    }
    // Labels come from mail: anything may be one.
    if (decoders.size < 500) decoders.set(name, decoder);
  }
  return decoder;
}

/** The East Asian charset whose text is nothing but pairs of bytes from 0xa1 to 0xfe, or null for other text. */
function doubleBytes(bytes: Uint8Array): string | null {
  let longest = 0;
  let pairs = 0;
  let kana = 0;
  let beyondHangul = 0;
  for (let at = 0; at < bytes.length;) {
    if ((bytes[at] ?? 0) < 0x80) {
      at++;
      continue;
    }
    const start = at;
    while ((bytes[at] ?? 0) >= 0xa1 && (bytes[at] ?? 0) <= 0xfe) at++;
    if (at < bytes.length && (bytes[at] ?? 0) >= 0x80) return null;
    if ((at - start) % 2 !== 0) return null;
    longest = Math.max(longest, at - start);
    for (let i = start; i < at; i += 2) {
      const lead = bytes[i] ?? 0;
      pairs++;
      if (lead === 0xa4 || lead === 0xa5) kana++;
      if (lead > 0xc8 || lead < 0xb0) beyondHangul++;
    }
  }
  if (longest < 4) return null;
  if (kana * 5 >= pairs) return 'euc-jp';
  return beyondHangul * 10 < pairs && pairs >= 4 ? 'euc-kr' : 'gb18030';
}

/** RFC 2152. What is no base64 stays as written. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (all, base64: string) => {
    if (base64 === '') return all.endsWith('-') ? '+' : all;
    const usable = base64.slice(0, base64.length - (base64.length % 4 === 1 ? 1 : 0));
    try {
      const bytes = Uint8Array.from(atob(usable), (c) => c.charCodeAt(0));
      return new TextDecoder('utf-16be').decode(bytes.subarray(0, bytes.length & ~1));
    } catch {
      return all;
    }
  });
}

/** RFC 1557: between shift-out and shift-in, EUC-KR without its high bits. */
function decodeIso2022Kr(bytes: Uint8Array): string {
  const euc = new Uint8Array(bytes.length);
  let length = 0;
  let shifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 27 && bytes[at + 1] === 36 && bytes[at + 2] === 41 && bytes[at + 3] === 67) at += 3;
    else if (byte === 14 || byte === 15) shifted = byte === 14;
    else if (byte === 10) {
      shifted = false;
      euc[length++] = byte;
    } else euc[length++] = shifted && byte > 0x20 ? byte | 0x80 : byte;
  }
  return new TextDecoder('euc-kr').decode(euc.subarray(0, length));
}

/** RFC 1843: between ~{ and ~}, GB 2312 without its high bits. */
function decodeHz(bytes: Uint8Array): string {
  const gb = new Uint8Array(bytes.length);
  let length = 0;
  let shifted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    if (byte === 126 && (next === 123 || next === 125)) shifted = next === 123;
    else if (byte === 126 && next === 126) gb[length++] = 126;
    else if (byte !== 126 || next !== 10) {
      gb[length++] = shifted && byte > 0x20 ? byte | 0x80 : byte;
      continue;
    }
    at++;
  }
  return new TextDecoder('gbk').decode(gb.subarray(0, length));
}
