/** What runs on Dawn must not load what only the browser runtime needs: the bundle for closed machines has none of it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { REPOSITORY } from './page';

/** Refuses the packages at the moment when anything resolves them. */
const HOOKS = `export async function resolve(name, context, next) {
  if (/^(vite|vitest|playwright|rolldown)(\\/|$)/.test(name))
    throw new Error('refused: ' + name + ' from ' + context.parentURL);
  return next(name, context);
}`;
const dataUrl = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const REFUSE = dataUrl(
  `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOKS))});`,
);

function node(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--import', REFUSE, ...words],
    { cwd: REPOSITORY, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('the refusal works: a module that imports Vite or Playwright does not load', () => {
  const found = node('scripts/setup.ts', '--help');
  expect(found.status).not.toBe(0);
  expect(found.stderr).toContain('refused: playwright from');
});

test.each(['train', 'evaluate', 'verify', 'bench', 'ask'])('%s loads without Vite and Playwright', (name) => {
  const found = node(`scripts/${name}.ts`, '--help');
  expect(found.stderr).not.toContain('refused');
  expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining(`npm run ${name}`) as string });
});

test.each(['scripts/train/node.ts', 'scripts/runtime/node-platform.ts', 'scripts/bench/node-runner.ts'])(
  '%s, which they load for Node, does too',
  (path) => {
    const found = node('--import', pathToFileURL(join(REPOSITORY, path)).href, '-e', '0');
    expect(found).toMatchObject({ status: 0, stderr: '' });
  },
);
