/** What tests of pictures share. */
import { expect } from 'vitest';

/** Every tag closed in order, attributes quoted, no stray sign. Answers the names of the elements. */
export function elements(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  let rest = svg;
  while (rest.length > 0) {
    const tag = /^<(\/?)([\w-]+)((?:\s[\w:-]+="[^"<>]*")*)\s*(\/?)>/.exec(rest);
    if (tag !== null) {
      const [whole, closing, name = '', , alone] = tag;
      if (closing === '/') expect(open.pop()).toBe(name);
      else {
        names.push(name);
        if (alone !== '/') open.push(name);
      }
      rest = rest.slice(whole.length);
      continue;
    }
    const text = /^[^<]+/.exec(rest)?.[0] ?? '';
    expect(text, `at: ${rest.slice(0, 60)}`).not.toBe('');
    expect(text).not.toMatch(/>|&(?!amp;|lt;|gt;|quot;)/);
    rest = rest.slice(text.length);
  }
  expect(open).toEqual([]);
  return names;
}
