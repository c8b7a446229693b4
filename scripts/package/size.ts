/** What a page that imports an entry makes its visitors load, against the budget. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ENTRIES, type Entry } from './entries';
import { PackageError } from './scripts';

/**
 * Most kB (1000 bytes) of JavaScript, minified by Vite and compressed by gzip, tfjs and every other dependency included.
 * `start`: what the page loads before its first line runs. `all`: also what it loads later, by `import()`. WebAssembly
 * is not counted: browsers fetch it when it is used, and it is the dependencies' own. Of `index` the start is what defining
 * environments and checking settings takes, zod among it; the rest is the engine, tfjs, transformers.js and the built-in
 * environments.
 */
export const BUDGET_KB: Readonly<Record<Entry, { readonly start: number; readonly all: number }>> = {
  // At the start: names on the hub, types of exports and the settings' texts. In all: families, GGUF, templates, downloads.
  // PolicyError and the other classes that are told apart by `instanceof` bring the texts of all their codes to the start
  // (16 kB); the readers of Outlook's files, which are loaded when such a file is imported, make most of the growth in all.
  // Cases with known answers, which a new device computes before its first run, are 150 kB of the rest. Errors of GPUs that went away and updates that were left out are the last 2 kB at the start.
  index: { start: 100, all: 1000 },
  // Kernels lie in chunks that the engine shares: those of its prompts and tool results come along. Those for cards, split and
  // cooperative, are the last 6 kB.
  tfjs: { start: 365, all: 365 },
  // Search by stems, names and scripts without spaces, and the texts of an import's errors; those of own data are the last kB.
  environments: { start: 84, all: 84 },
};

export interface Size {
  readonly start: number;
  readonly all: number;
}

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}
type ViteManifest = Readonly<Record<string, Chunk>>;

/** Sizes in kB by entry, of the page that Vite built in a folder. @throws PackageError when one is not there */
export function sizesOf(dist: string): Record<Entry, Size> {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')) as ViteManifest;
  const sizeOf = (entry: string): Size => ({
    start: kilobytes(dist, chunksFrom(manifest, `${entry}.html`, false)),
    all: kilobytes(dist, chunksFrom(manifest, `${entry}.html`, true)),
  });
  return Object.fromEntries(Object.keys(ENTRIES).map((entry) => [entry, sizeOf(entry)])) as Record<
    Entry,
    Size
  >;
}

/** Files of a chunk and of everything it imports. */
export function chunksFrom(manifest: ViteManifest, start: string, later: boolean): Set<string> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const chunk = manifest[name];
    if (chunk === undefined) throw new PackageError(`Vite's manifest has no ${name}.`);
    waiting.push(...(chunk.imports ?? []), ...(later ? (chunk.dynamicImports ?? []) : []));
  }
  return new Set([...seen].map((name) => manifest[name]?.file ?? '').filter((file) => file.endsWith('.js')));
}

function kilobytes(dist: string, files: ReadonlySet<string>): number {
  let bytes = 0;
  for (const file of files) bytes += gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  return Math.ceil(bytes / 1000);
}

/** Sizes above the budget, in words. */
export function overBudget(sizes: Readonly<Record<Entry, Size>>): string[] {
  return (Object.keys(ENTRIES) as Entry[]).flatMap((entry) =>
    (['start', 'all'] as const)
      .filter((kind) => sizes[entry][kind] > BUDGET_KB[entry][kind])
      .map(
        (kind) =>
          `${entry}: ${sizes[entry][kind]} kB (${kind}), budget ${BUDGET_KB[entry][kind]} kB. Look at what it imports, ` +
          'or raise the budget in scripts/package/size.ts and say why.',
      ),
  );
}
