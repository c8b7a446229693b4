/**
 * Outlook's own form of a message (Transport Neutral Encapsulation Format, winmail.dat), after Microsoft's MS-OXTNEF: its
 * text and the names of its attachments. No maintained library for browsers reads it.
 */
import { decodeCharset } from './charset';
import { htmlToText } from './html';
import { rtfContent } from './rtf';
import { decodeBytes } from './text';

export interface TnefContent {
  /** '' when it holds none. */
  readonly text: string;
  readonly attachments: readonly string[];
}

const SIGNATURE = 0x223e9f78;
const BODY = 0x2800c;
const ATTACH_TITLE = 0x18010;
const CODE_PAGE = 0x69007;
const PROPERTIES = 0x69003;
const ATTACH_PROPERTIES = 0x69005;
/** MAPI properties, MS-OXPROPS. */
const PR_BODY = 0x1000;
const PR_RTF_COMPRESSED = 0x1009;
const PR_HTML = 0x1013;
const PR_ATTACH_LONG_FILENAME = 0x3707;
/** Bytes of MAPI values of fixed length, by type; shorter ones are padded to four. */
const FIXED: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  0xa: 4,
  0xb: 4,
  0x14: 8,
  0x40: 8,
  0x48: 16,
};
const UNICODE = 0x1f;
const STRING8 = 0x1e;

function isTnefFile(bytes: Uint8Array): boolean {
  return bytes.length > 6 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === SIGNATURE;
}

/** What can be read up to the first fault; never fails. */
export async function readTnef(bytes: Uint8Array): Promise<TnefContent> {
  const attachments: string[] = [];
  let charset = 'windows-1252';
  let plain = '';
  let html = '';
  let rtf: Uint8Array | undefined;
  if (!isTnefFile(bytes)) return { text: '', attachments };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 6; at + 9 <= bytes.length;) {
    const id = view.getUint32(at + 1, true) & 0xfffff;
    const length = view.getUint32(at + 5, true);
    const data = bytes.subarray(at + 9, at + 9 + length);
    at += 9 + length + 2;
    if (data.length < length) break;
    if (id === CODE_PAGE && length >= 4) {
      const page = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
      charset = page === 65001 ? 'utf-8' : `windows-${page}`;
    } else if (id === BODY) plain ||= textOf(data, charset);
    else if (id === ATTACH_TITLE) attachments.push(textOf(data, charset));
    else if (id === PROPERTIES || id === ATTACH_PROPERTIES) {
      for (const property of properties(data)) {
        const value = (): string =>
          property.type === UNICODE
            ? new TextDecoder('utf-16le').decode(property.data)
            : decodeCharset(property.data, charset);
        if (id === ATTACH_PROPERTIES) {
          if (property.id === PR_ATTACH_LONG_FILENAME)
            attachments[Math.max(0, attachments.length - 1)] = untilNul(value());
        } else if (property.id === PR_BODY) plain ||= untilNul(value());
        else if (property.id === PR_HTML)
          html ||= untilNul(property.type === UNICODE ? value() : decodeCharset(property.data, ''));
        else if (property.id === PR_RTF_COMPRESSED) rtf ??= property.data;
      }
    }
  }
  if (plain.trim() === '' && html !== '') plain = htmlToText(html);
  if (plain.trim() === '' && rtf !== undefined) plain = await compressedRtfText(rtf);
  return { text: plain, attachments };
}

/** Text of RTF in Microsoft's compression; '' when it cannot be read. */
export async function compressedRtfText(bytes: Uint8Array): Promise<string> {
  const { decompressRTF } = await import('@kenjiuno/decompressrtf');
  try {
    const { text, isHtml } = rtfContent(decodeBytes(Uint8Array.from(decompressRTF([...bytes]))));
    return isHtml ? htmlToText(text) : text;
  } catch {
    return '';
  }
}

interface Property {
  readonly id: number;
  readonly type: number;
  readonly data: Uint8Array;
}

function* properties(bytes: Uint8Array): Generator<Property> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    let at = 4;
    for (let left = view.getUint32(0, true); left > 0; left--) {
      const type = view.getUint16(at, true) & 0xfff;
      const several = (view.getUint16(at, true) & 0x1000) !== 0;
      const id = view.getUint16(at + 2, true);
      at += 4;
      if (id >= 0x8000) {
        const isName = view.getUint32(at + 16, true) === 1;
        at += 20;
        at += 4 + (isName ? padded(view.getUint32(at, true)) : 0);
      }
      const fixed = FIXED[type];
      let count = 1;
      if (several || fixed === undefined) {
        count = view.getUint32(at, true);
        at += 4;
      }
      for (; count > 0; count--) {
        let length = fixed ?? 0;
        if (fixed === undefined) {
          length = view.getUint32(at, true);
          at += 4;
        }
        if (at + length > bytes.length) return;
        yield {
          id,
          type: fixed === undefined && type !== UNICODE ? STRING8 : type,
          data: bytes.subarray(at, at + length),
        };
        at += padded(length);
      }
    }
  } catch (error) {
    // A length that points behind the end.
    if (!(error instanceof RangeError)) throw error;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function textOf(bytes: Uint8Array, charset: string): string {
  return untilNul(decodeCharset(bytes, charset));
}

function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? '';
}
