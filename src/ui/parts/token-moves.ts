/** From token to token by keyboard, and where the caption of a token goes. */

/** The token that a key leads to, or null. @param from null before the first key, which shows the first token of the model */
export function nextToken(key: string, from: number | null, first: number, count: number): number | null {
  const to = {
    ArrowRight: from === null ? first : from + 1,
    ArrowLeft: (from ?? first) - 1,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** The token above or below, by its place on the screen. */
export function besideLine(spans: readonly HTMLElement[], from: number, direction: 1 | -1): number {
  const start = spans[from];
  if (start === undefined) return from;
  const { left, top } = start.getBoundingClientRect();
  let line: number | null = null;
  let best = from;
  for (let i = from + direction; i >= 0 && i < spans.length; i += direction) {
    const box = spans[i]?.getBoundingClientRect();
    if (box === undefined || Math.abs(box.top - top) < 4) continue;
    if (line === null) line = box.top;
    else if (Math.abs(box.top - line) >= 4) break;
    const bestBox = spans[best]?.getBoundingClientRect();
    if (best === from || (bestBox && Math.abs(box.left - left) < Math.abs(bestBox.left - left))) best = i;
  }
  return best;
}

/** Puts the caption under the token, inside the view, without covering the token's line. */
export function placeBelow(caption: HTMLElement, span: HTMLElement, root: HTMLElement): void {
  const frame = root.getBoundingClientRect();
  const box = span.getClientRects()[0] ?? span.getBoundingClientRect();
  const left = Math.max(4, Math.min(box.left - frame.left, frame.width - caption.offsetWidth - 4));
  const below = box.bottom - frame.top + 6;
  const roomBelow = innerHeight - box.bottom > caption.offsetHeight + 12;
  const top = roomBelow ? below : box.top - frame.top - caption.offsetHeight - 6;
  caption.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
