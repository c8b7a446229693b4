import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from './runtime/page';

const CASE = join(REPOSITORY, 'tests', 'golden', 'llama-grpo');
const given = {
  model: join(CASE, 'model'),
  adapter: join(CASE, 'adapter'),
  batch: join(CASE, 'batch.json'),
  out: join(REPOSITORY, '.cache', 'verify-test'),
};

function verify(options: Readonly<Record<string, string>>) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return spawnSync(process.execPath, ['--import', 'tsx', join('scripts', 'verify.ts'), ...args], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
}

// None of these gets as far as a GPU.
describe('npm run verify ends with status 2 and says what is wrong', () => {
  test.each([
    ['a missing option', { model: given.model }, 'verify needs --batch'],
    ['a missing folder', { ...given, adapter: join(CASE, 'nowhere') }, 'There is no folder'],
    ['a model that is not there', { ...given, model: join(CASE, 'none.gguf') }, 'no GGUF file'],
    ['an unknown form of weights', { ...given, baseWeights: 'int2' }, "baseWeights is 'int2'"],
    ['an unknown runtime', { ...given, runtime: 'deno' }, "runtime is 'deno'"],
  ])('%s', (_, options, message) => {
    const { status, stderr } = verify(options);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
