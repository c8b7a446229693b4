const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  þ: 'th',
  ð: 'd',
};

/** Letters of Latin alphabets that no decomposition takes apart, in plain ones: `Øl` is `ol`. They come out in lower case. */
export function plainLetters(text: string): string {
  return text.replace(/[ßæœøłđıþðẞÆŒØŁĐÞÐ]/g, (letter) => LETTERS[letter.toLowerCase()] ?? letter);
}
