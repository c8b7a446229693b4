/** Finding JSON and marks in text that a model wrote: a mark inside a string is text, not a mark. */

/** Bounds the work on degenerate text such as ten thousand braces; real turns have a handful. */
export const MAX_STARTS = 200;

/** One past the bracket that closes the one at `start` (a `{` or `[`), strings left out; -1 when it is never closed. */
export function bracketEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return i + 1;
  }
  return -1;
}

/** A part of a text that is one value: JSON, or a parameter in tags. Marks inside are text. */
interface Region {
  readonly start: number;
  readonly end: number;
}

/** Tags whose content is a value as it stands. */
const VALUE_TAGS = /<(?:parameter=[^<>]*|arg_value)>[\s\S]*?<\/(?:parameter|arg_value)>/g;

/** What is known of a text: parsers ask of one text many times, from mark to mark, and a degenerate one has thousands. */
interface Known {
  readonly text: string;
  readonly tags: readonly Region[];
  /** End of the sound JSON that begins at a bracket; -1 where none does. */
  readonly ends: Map<number, number>;
}
let latest: Known = { text: '', tags: [], ends: new Map() };

function knownOf(text: string): Known {
  if (latest.text === text) return latest;
  const tags = [...text.matchAll(VALUE_TAGS)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));
  latest = { text, tags, ends: new Map() };
  return latest;
}

function jsonEnd({ text, ends }: Known, start: number): number {
  const before = ends.get(start);
  if (before !== undefined) return before;
  const end = bracketEnd(text, start);
  const sound = end >= 0 && isJson(text.slice(start, end)) ? end : -1;
  ends.set(start, sound);
  return sound;
}

/** JSON objects and lists that are sound, outermost first, and parameters in tags. */
function* regionsFrom(text: string, from: number): Generator<Region> {
  const known = knownOf(text);
  const { tags } = known;
  let position = from;
  for (let starts = 0; starts < MAX_STARTS; starts++) {
    const bracket = nextBracket(text, position);
    const tag = tags.find(({ start }) => start >= position);
    if (tag !== undefined && (bracket < 0 || tag.start < bracket)) {
      yield tag;
      position = tag.end;
    } else if (bracket < 0) return;
    else {
      const end = jsonEnd(known, bracket);
      if (end >= 0) yield { start: bracket, end };
      position = end >= 0 ? end : bracket + 1;
    }
  }
}

function nextBracket(text: string, from: number): number {
  const found = text.slice(from).search(/[{[]/);
  return found < 0 ? -1 : from + found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where `mark` stands outside of values, from `from` on; -1 for nowhere. */
export function findMark(text: string, mark: string, from = 0): number {
  let position = text.indexOf(mark, from);
  if (position < 0) return -1;
  for (const region of regionsFrom(text, from)) {
    if (position < region.start || position < 0) break;
    // A mark such as [TOOL_CALLS] or [THINK] begins with a bracket itself and is no JSON, so it is no region.
    if (position < region.end) position = text.indexOf(mark, region.end);
  }
  return position;
}
