import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToText } from './html';

describe('htmlToText', () => {
  it.each<[string, string]>([
    ['<p>One</p><p>Two</p>', 'One\n\nTwo'],
    ['<div>One</div><div>Two</div>', 'One\nTwo'],
    ['One<br>Two<BR/>Three', 'One\nTwo\nThree'],
    ['a <b>bold</b> word, <i>x</i>y', 'a bold word, xy'],
    ['  spaces \r\n and\ttabs&nbsp;here ', 'spaces and tabs here'],
    ['<html><head><title>T</title><style>p > b {}</style></head><body>Text</body></html>', 'Text'],
    ['a<script>if (1 < 2) "</b>"</script>b', 'ab'],
    ['a<!-- <p>hidden --> -->b', 'a -->b'],
    ['<ul><li>One<li>Two</ul>', '- One\n- Two'],
    ['<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', '1 2\n3'],
    ['<pre>a  b\n  c</pre>', 'a  b\n  c'],
    ['<a title="x > y" href=z>link</a>', 'link'],
    ['1 < 2 & 3 > 2', '1 < 2 & 3 > 2'],
    ['<title>never closed, so shown', 'never closed, so shown'],
    ['cut <img src="x', 'cut'],
    ['', ''],
  ])('%s', (html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it('ends on any input', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '=',
      '<!--',
      '-->',
      '<p>',
      '<a b="',
      '</',
      '<script',
      '<pre>',
      '&#',
      'x',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(htmlToText(pieces.join(''))).toBeTypeOf('string');
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('entities', () => {
  it.each<[string, string]>([
    ['&amp;lt;', '&lt;'],
    ['&#233;&#xE9;&eacute;&Eacute;&hearts;&NotEqualTilde;', 'éééÉ♥≂̸'],
    ['&AMP; &nosuch; AT&T', '& &nosuch; AT&T'],
    ['&#0; &#x110000; &#xd800; &#128;', '\ufffd \ufffd \ufffd €'],
    ['&constructor; &copy 2025', '&constructor; © 2025'],
  ])('%s', (text, decoded) => {
    expect(htmlToText(text)).toBe(decoded);
  });
});

describe('large input', () => {
  // Each of these took time in the square of its length once, minutes for what is here.
  it.each<[string, string]>([
    ['style elements that are never closed', '<style>a{}'.repeat(20_000)],
    ['style elements', '<style>a{}</style>'.repeat(20_000)],
    ['deep nesting', '<div>'.repeat(50_000)],
    ['open tags', '<a '.repeat(100_000)],
    ['open quotes', '<a b="'.repeat(100_000)],
    ['open comments', '<!-- '.repeat(100_000)],
    ['ampersands', '&'.repeat(200_000)],
  ])('%s', (_name, html) => {
    expect(htmlToText(`<p>First</p>${html}`)).toMatch(/^First/);
  });
});
