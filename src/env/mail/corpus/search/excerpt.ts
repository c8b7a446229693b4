/** Excerpts of hits of the broad search, made from the mail itself: its index keeps no text. */
import { foldText, GLUED, isGlued, termsOf } from './terms';

/** Words, and single characters of scripts without blanks. */
const WORD = new RegExp(`[${GLUED}]|(?:(?![${GLUED}])[\\p{L}\\p{N}\\p{M}])+(?:['’]\\p{L}+)*`, 'gu');
/** Longer texts are looked through up to here. */
const FURTHEST = 200_000;

interface Place {
  readonly start: number;
  readonly end: number;
  readonly isMatch: boolean;
}

/**
 * About `tokens` words, with `<b>` around matches, of the text with the most matches, of equals the first: the start of the
 * first text where nothing matches.
 */
export function excerptOf(texts: readonly string[], keywords: readonly string[], tokens: number): string {
  const wanted = keywords.flatMap((keyword) => termsOf(keyword).flatMap(({ words }) => words));
  const stems = new Set(wanted.filter((word) => !isGlued(word)).map(stemOf));
  const runs = wanted.filter(isGlued);
  let best: { text: string; places: readonly Place[]; score: number } | null = null;
  for (const text of texts) {
    const places = placesOf(text.slice(0, FURTHEST), stems, runs);
    const score = places.filter(({ isMatch }) => isMatch).length;
    if (best === null || score > best.score) best = { text, places, score };
  }
  return best === null ? '' : cut(best.text, best.places, tokens);
}

function placesOf(text: string, stems: ReadonlySet<string>, runs: readonly string[]): Place[] {
  const inRun = runs.flatMap((run) => occurrences(text, run)).sort((a, b) => a.start - b.start);
  let next = 0;
  /** Of all runs that start at or before the word. */
  let runEnd = 0;
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => {
    const end = index + word.length;
    for (let run = inRun[next]; run !== undefined && run.start <= index; run = inRun[++next]) {
      runEnd = Math.max(runEnd, run.end);
    }
    return { start: index, end, isMatch: end <= runEnd || (stems.size > 0 && stems.has(stemOf(word))) };
  });
}

function occurrences(text: string, run: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let at = text.indexOf(run); at >= 0; at = text.indexOf(run, at + run.length)) {
    found.push({ start: at, end: at + run.length });
  }
  return found;
}

/** The window with the most matches wins; of equals the first. */
function cut(text: string, places: readonly Place[], tokens: number): string {
  let [from, most] = [0, 0];
  for (let i = 0; i < places.length; i++) {
    if (places[i]?.isMatch !== true) continue;
    const start = Math.max(0, Math.min(i - Math.floor(tokens / 3), places.length - tokens));
    const count = places.slice(start, start + tokens).filter(({ isMatch }) => isMatch).length;
    if (count > most) [from, most] = [start, count];
    if (most >= tokens) break;
  }
  const window = places.slice(from, from + tokens);
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined) return text.slice(0, 80);
  let excerpt = from > 0 ? ' ... ' : text.slice(0, first.start);
  let position = first.start;
  for (const [i, place] of window.entries()) {
    const isOpen =
      place.isMatch && !(i > 0 && window[i - 1]?.isMatch === true && window[i - 1]?.end === place.start);
    const isClosed =
      place.isMatch && !(window[i + 1]?.isMatch === true && window[i + 1]?.start === place.end);
    excerpt += text.slice(position, place.start) + (isOpen ? '<b>' : '') + text.slice(place.start, place.end);
    if (isClosed) excerpt += '</b>';
    position = place.end;
  }
  const isEnd = from + tokens >= places.length;
  return excerpt + (isEnd ? text.slice(position, position + 40) : ' ... ');
}

const MOST_STEMS = 50_000;
const stemCache = new Map<string, string>();

/** For marks only: the index stems by itself. Hits of a mailbox share most of their words, so stems are kept. */
function stemOf(word: string): string {
  let stem = stemCache.get(word);
  if (stem === undefined) {
    if (stemCache.size >= MOST_STEMS) stemCache.clear();
    stemCache.set(word, (stem = stemmed(word)));
  }
  return stem;
}

function stemmed(word: string): string {
  const folded = foldText(word).toLowerCase();
  if (folded.length < 4) return folded;
  return folded
    .replace(/(?:ies|ied)$/, 'i')
    .replace(/y$/, 'i')
    .replace(/(?<=[^s])s$/, '')
    .replace(/(?:ing|ed|ly|ment|er)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/e$/, '');
}
