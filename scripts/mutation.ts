/**
 * `npm run test:mutation -- [--sample N] [FILES]`: Stryker over src/grpo and src/env, or over these files alone. With
 * `--sample N` every N-th block of twelve lines is mutated; which ones depends on a file's own path and length, so that
 * the sample of a file stays while others change.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const BLOCK_LINES = 12;

const { values, positionals } = parseArgs({
  options: { sample: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const every = Number(values.sample);
if (!Number.isInteger(every) || every < 1) {
  throw new Error(`--sample should be a whole number from 1, found "${values.sample}". Name one, such as 5.`);
}
const { mutate: configured } = JSON.parse(readFileSync('stryker.config.json', 'utf8')) as {
  mutate: readonly string[];
};
const files = positionals.length > 0 ? positionals : ['src/grpo', 'src/env'].flatMap(sources);
// Patterns of what is left out come last: Stryker takes them in order.
const excluded = configured.filter((pattern) => pattern.startsWith('!'));
const mutate = every === 1 && positionals.length === 0 ? configured : [...files.flatMap(blocks), ...excluded];
await new Stryker({ mutate: [...mutate] }).runMutationTest();

function sources(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names.map((name) => `${folder}/${name}`.replaceAll('\\', '/')).sort();
}

/** Ranges of lines, as Stryker takes them. */
function blocks(file: string): string[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length;
  return Array.from({ length: Math.ceil(lines / BLOCK_LINES) }, (_, block) => block)
    .filter((block) => (block + file.length) % every === 0)
    .map((block) => `${file}:${block * BLOCK_LINES + 1}-${Math.min(lines, (block + 1) * BLOCK_LINES)}`);
}
