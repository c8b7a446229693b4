/** Numbers and ordinals in words. */

const SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  dozen: 12,
  couple: 2,
};
const ORDINALS = (
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth ' +
  'fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'
).split(' ');

const WORD = /(?<word>\p{L}+)/uy;
const GAP = /(?:\s+and\s+|\s+|-)(?=\p{L})/iuy;

function smallOf(word: string): number | null {
  const small = SMALL.indexOf(word);
  if (small >= 0) return small;
  const ten = TENS.indexOf(word);
  return ten >= 0 ? 20 + 10 * ten : null;
}

/** The number in words that starts at `start`: "twenty-five", "four thousand five hundred", "a dozen". */
export function readNumberWords(
  text: string,
  start: number,
): { readonly amount: number; readonly end: number; readonly words: number } | null {
  let total = 0;
  let current: number | null = null;
  let end = start;
  let words = 0;
  let position = start;
  let last = '';
  for (;;) {
    WORD.lastIndex = position;
    const word = WORD.exec(text)?.[0]?.toLowerCase();
    if (word === undefined) break;
    const small = smallOf(word);
    const scale = SCALES[word];
    if (words === 0 && (word === 'a' || word === 'an')) {
      // Only before a scale: "a hundred".
      if (!/^an?\s+(?:hundred|thousand|million|billion|dozen|couple)\b/i.test(text.slice(position))) break;
      current = 1;
    } else if (small !== null) {
      // "five six" are two numbers, "twenty six" is one.
      const joins =
        current === null ||
        /hundred|thousand|million|billion/.test(last) ||
        (TENS.includes(last) && small < 10 && small > 0);
      if (!joins) break;
      current = (current ?? 0) + small;
    } else if (
      scale !== undefined &&
      (current !== null || (words === 0 && (word === 'dozen' || word === 'couple')))
    ) {
      const before: number = current ?? 1;
      if (scale === 100 || scale === 12 || scale === 2) current = before * scale;
      else {
        total += before * scale;
        current = 0;
      }
    } else break;
    words++;
    last = word;
    end = WORD.lastIndex;
    GAP.lastIndex = end;
    const gap = GAP.exec(text);
    if (gap === null) break;
    if (/and/i.test(gap[0]) && !/hundred|thousand|million|billion/.test(last)) break;
    position = GAP.lastIndex;
  }
  if (words === 0 || (words === 1 && /^an?$/.test(last))) return null;
  const half = /\s+and\s+(?:a\s+)?(half|quarter)\b|\s+point\s+(five)\b/iy;
  half.lastIndex = end;
  const rest = half.exec(text);
  let amount = total + (current ?? 0);
  if (rest !== null) {
    amount += rest[1]?.toLowerCase() === 'quarter' ? 0.25 : 0.5;
    end = half.lastIndex;
  }
  return { amount, end, words };
}

/** `third` is 3, `twenty-first` is 21; null for other words. */
export function ordinalOf(word: string): number | null {
  const plain = ORDINALS.indexOf(word);
  if (plain > 0) return plain;
  const tens = /^(twenty|thirty)-?(\w+)$/.exec(word);
  if (tens === null) return word === 'thirtieth' ? 30 : null;
  const small = ORDINALS.indexOf(tens[2] ?? '');
  return small > 0 && small < 10 ? 20 + 10 * TENS.indexOf(tens[1] ?? '') + small : null;
}
