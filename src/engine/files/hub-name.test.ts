import { expect, test } from 'vitest';
import { parseHubName, placeOf } from './hub-name';

test.each([
  ['owner/name', ['owner/name', 'main', '', null]],
  ['owner/name@v1.0', ['owner/name', 'v1.0', '', null]],
  ['o/n.a-b@abc123/sub/deep', ['o/n.a-b', 'abc123', 'sub/deep/', null]],
  ['o/n/sub/', ['o/n', 'main', 'sub/', null]],
  ['o/n@refs/pr/12/sub', ['o/n', 'refs/pr/12', 'sub/', null]],
  ['o/n@feature%2Fx', ['o/n', 'feature/x', '', null]],
  ['o/n/m-Q4_K_M.gguf', ['o/n', 'main', '', 'm-Q4_K_M.gguf']],
  ['o/n@main/q/M.GGUF', ['o/n', 'main', 'q/', 'M.GGUF']],
])('%s', (text, [repository, revision, folder, file]) => {
  expect(parseHubName(text)).toEqual({ repository, revision, folder, file });
});

test.each(['name', '../x', 'a/b?c', 'a/b@', 'a/b/../c', 'a/b/./c', '', 'a/b#c', '/a/b', 'a/b/\u0007'])(
  '"%s" is no model',
  (name) => {
    expect(() => parseHubName(name)).toThrow(/hub:<owner>\/<name>/);
  },
);

test('places of addresses', () => {
  expect(placeOf('https://a/b')).toEqual({ folder: 'https://a/b/', file: null });
  expect(placeOf('https://a/b//')).toEqual({ folder: 'https://a/b/', file: null });
  expect(placeOf('https://a/b/c.gguf')).toEqual({ folder: 'https://a/b/', file: 'c.gguf' });
});
