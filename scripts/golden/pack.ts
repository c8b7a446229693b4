/**
 * Packs some cases of tests/golden into src/run/check/golden, one JSON file each, for the check of devices that page, package
 * and commands carry: `npx tsx scripts/golden/pack.ts`. A test holds them against tests/golden.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GOLDEN_CASES, type PackedCase } from '../../src/run/check/cases';
import { REPOSITORY } from '../runtime/page';

const FROM = join(REPOSITORY, 'tests', 'golden');
export const PACKED = join(REPOSITORY, 'src', 'run', 'check', 'golden');

/** A folder of tests/golden as one value. */
export function packCase(name: string): PackedCase {
  const folder = join(FROM, name);
  const bytes = (path: string) => readFileSync(join(folder, path)).toString('base64');
  const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const files: Record<string, string> = {};
  for (const part of ['model', 'adapter']) {
    for (const file of readdirSync(join(folder, part)).sort())
      files[`${part}/${file}`] = bytes(`${part}/${file}`);
  }
  return {
    files,
    batch: json('batch.json'),
    expected: json('expected.json') as PackedCase['expected'],
    gradients: bytes('expected_grads.safetensors'),
    greedy: existsSync(join(folder, 'greedy.json'))
      ? (json('greedy.json') as NonNullable<PackedCase['greedy']>)
      : [],
  };
}

/** One property a line; numbers of a list stay together. */
export const packedText = (name: string): string =>
  `{\n${Object.entries(packCase(name))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join(',\n')}\n}\n`;

if (process.argv[1]?.endsWith('pack.ts') === true) {
  for (const name of GOLDEN_CASES) writeFileSync(join(PACKED, `${name}.json`), packedText(name));
}
