import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { droppedFiles } from './dropped-files';

type Tree = File | { readonly [name: string]: Tree } | Error;

/** What a browser hands over, of which `readEntries` answers two at a time. */
function entryOf(path: string, tree: Tree): unknown {
  if (tree instanceof File || tree instanceof Error) {
    const file = (take: (file: File) => void, fail: (error: Error) => void): void =>
      tree instanceof File ? take(tree) : fail(tree);
    return { isFile: true, fullPath: path, file };
  }
  const createReader = () => {
    const entries = Object.entries(tree).map(([name, one]) => entryOf(`${path}/${name}`, one));
    return { readEntries: (take: (some: unknown[]) => void) => take(entries.splice(0, 2)) };
  };
  return { isFile: false, fullPath: path, createReader };
}

function drop(tree: { readonly [name: string]: Tree }): DataTransfer {
  const items = Object.entries(tree).map(([name, one]) => ({
    kind: 'file',
    webkitGetAsEntry: () => entryOf(`/${name}`, one),
  }));
  return { items: [{ kind: 'string' }, ...items] } as unknown as DataTransfer;
}

class StandInFile {
  constructor(
    readonly parts: readonly string[],
    readonly name: string,
  ) {}
}
// Node 20 has no global File.
beforeAll(() => vi.stubGlobal('File', StandInFile));
afterAll(() => vi.unstubAllGlobals());
const file = (name: string): File => new File(['x'], name);

describe('dropped files', () => {
  const many = () => ({
    mail: { cur: { a: file('a'), b: file('b'), c: file('c') }, new: { d: file('d'), e: file('e') } },
    top: file('top'),
  });

  it('are all that lies in folders, however many', async () => {
    const found = await droppedFiles(drop(many()));
    expect(found.map(({ path }) => path)).toEqual([
      ...['mail/cur/a', 'mail/cur/b', 'mail/cur/c', 'mail/new/d', 'mail/new/e', 'top'],
    ]);
  });

  it('that come from elsewhere than the disk are taken as they are', async () => {
    const items = [{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file('mail.eml') }];
    const found = await droppedFiles({ items } as unknown as DataTransfer);
    expect(found.map(({ path }) => path)).toEqual(['mail.eml']);
  });

  it('are refused in words where they are more than wanted, and never cut', async () => {
    expect(await droppedFiles(drop(many()), 6)).toHaveLength(6);
    await expect(droppedFiles(drop(many()), 5)).rejects.toMatchObject({
      code: 'page/many-files',
      params: { most: 5 },
    });
  });

  it('that cannot be read reject', async () => {
    await expect(droppedFiles(drop({ gone: new Error('moved away') }))).rejects.toThrow('moved away');
  });
});
