/** Text and bytes of files whose encoding nobody stated. */

/** UTF-16 with a byte-order mark, else UTF-8, else windows-1252, which cannot fail. The mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes, false);
}

/** {@link decodeText} of the start of a file, which may end inside a character: what is there of that one is left out. */
export function decodeStart(bytes: Uint8Array): string {
  return decode(bytes, true);
}

function decode(bytes: Uint8Array, stream: boolean): string {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  if (wide !== null) return new TextDecoder(wide).decode(bytes, { stream });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** One character per byte. */
export function decodeBytes(bytes: Uint8Array): string {
  // TextDecoder's "latin1" is windows-1252, which moves 0x80 to 0x9f.
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return text;
}

/**
 * Bytes of a raw mail that somebody stored as text. Its parts still name the charset of the bytes they once were: text within
 * latin-1 goes back to one byte per character unless the mail says UTF-8.
 */
export function encodeRawMail(text: string): Uint8Array {
  const latin = !/[^\0-\xff]/.test(text) && !/charset\s*=\s*"?utf-?8/i.test(text);
  if (!latin) return new TextEncoder().encode(text);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function unixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
