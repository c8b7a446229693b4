import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../runtime/page';
import { ENTRIES, LIBRARY, readManifest } from './entries';
import { closure, type LockedPackage } from './lock';
import { isExternal, PackageError } from './scripts';
import { BUDGET_KB, chunksFrom, overBudget } from './size';

test('package.json exports every entry, for both platforms and with types, from what is packed', () => {
  const { exports } = readManifest();
  const { './package.json': own, ...entries } = exports;
  expect(own).toBe('./package.json');
  expect(entries).toEqual(
    Object.fromEntries(
      Object.entries(ENTRIES).map(([name, source]) => {
        expect(existsSync(join(REPOSITORY, source))).toBe(true);
        const conditions = {
          types: `./${LIBRARY}/types/${name}.d.ts`,
          node: `./${LIBRARY}/node/${name}.js`,
          default: `./${LIBRARY}/browser/${name}.js`,
        };
        return [name === 'index' ? '.' : `./${name}`, conditions];
      }),
    ),
  );
});

describe('imports', () => {
  const installed = new Set(['fflate', '@tensorflow/tfjs']);
  const external = (id: string, platform: 'node' | 'browser' = 'browser') =>
    isExternal(id, 'a.ts', platform, installed);

  test('own files are built in, dependencies stay outside', () => {
    expect(['./b', '../b', '#platform', '/src/b.ts', 'C:\\b.ts'].map((id) => external(id))).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(
      ['fflate', 'fflate/esm', '@tensorflow/tfjs', '@tensorflow/tfjs/x'].every((id) => external(id)),
    ).toBe(true);
  });

  test('what an installation would not bring is refused', () => {
    expect(() => external('uplot')).toThrow(PackageError);
    expect(() => external('@tensorflow/tfjs-node')).toThrow(
      'Move @tensorflow/tfjs-node from devDependencies',
    );
  });

  test('modules of Node are for Node', () => {
    expect(external('node:fs', 'node')).toBe(true);
    expect(() => external('node:fs')).toThrow('a.ts imports node:fs, which no browser has');
    expect(() => external('path')).toThrow(PackageError);
  });
});

describe('lock of a consumer', () => {
  const locked: Record<string, LockedPackage> = {
    'node_modules/a': {
      version: '1',
      dependencies: { b: '1' },
      optionalDependencies: { gone: '1' },
      dev: true,
    },
    'node_modules/b': { version: '1' },
    'node_modules/a/node_modules/b': { version: '2', peerDependencies: { c: '1' } },
    'node_modules/c': {
      version: '1',
      peerDependencies: { d: '1' },
      peerDependenciesMeta: { d: { optional: true } },
    },
    'node_modules/d': { version: '1' },
  };

  test('takes what is needed, the nearest first, and none of the rest', () => {
    expect(Object.keys(closure(locked, ['a']))).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
    expect(closure(locked, ['a'])['node_modules/a']?.dev).toBe(false);
  });

  test('names what is missing', () => {
    expect(() => closure({ 'node_modules/a': { dependencies: { x: '1' } } }, ['a'])).toThrow(
      'package-lock.json has no x, which node_modules/a needs',
    );
  });
});

describe('size', () => {
  test('counts what is loaded at the start, and later', () => {
    const manifest = {
      'index.html': { file: 'i.js', imports: ['a'], dynamicImports: ['b'] },
      a: { file: 'a.js', imports: ['index.html', 'style'] },
      b: { file: 'b.js', imports: ['a'] },
      style: { file: 's.css' },
      other: { file: 'o.js' },
    };
    expect([...chunksFrom(manifest, 'index.html', false)].sort()).toEqual(['a.js', 'i.js']);
    expect([...chunksFrom(manifest, 'index.html', true)].sort()).toEqual(['a.js', 'b.js', 'i.js']);
    expect(() => chunksFrom(manifest, 'tfjs.html', true)).toThrow('no tfjs.html');
  });

  test('the budget itself is allowed, one more is not', () => {
    expect(overBudget(BUDGET_KB)).toEqual([]);
    const { start, all } = BUDGET_KB.tfjs;
    expect(overBudget({ ...BUDGET_KB, tfjs: { start, all: all + 1 } })).toEqual([
      expect.stringContaining(`tfjs: ${all + 1} kB (all), budget ${all} kB`),
    ]);
  });
});
