/** Files of a run with one JSON record a line, each with its `step`: metrics and rollouts. Pure. */

const NEWLINE = 10;

/**
 * The lines of steps up to `step`, byte for byte, without what a crash left of a line. Lines are decoded one by one,
 * because all rollouts of a long run are more than one string can hold.
 */
export function recordsUpTo(bytes: Uint8Array, step: number): Uint8Array<ArrayBuffer> {
  // The last line may lack its end.
  const kept = new Uint8Array(bytes.length + 1);
  let length = 0;
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, from);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(from, end);
    from = end + 1;
    if (!isUpTo(new TextDecoder().decode(line), step)) continue;
    kept.set(line, length);
    kept[length + line.length] = NEWLINE;
    length += line.length + 1;
  }
  return kept.slice(0, length);
}

function isUpTo(line: string, step: number): boolean {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null && 'step' in record && Number(record.step) <= step;
  } catch {
    return false;
  }
}
