import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from '../runtime/page';
import { roomViolations } from './check';
import { ROOMS } from './rules';

/** Files whose imports fit the rooms. */
const SOUND = {
  'src/errors.ts': 'export class MailGymError extends Error {}',
  'src/random/philox.ts': 'export const draw = 1;',
  'src/settings/table.ts': 'export const TABLE = 1;',
  'src/tokens/types.ts': "import { MailGymError } from '../errors';\nexport const fail = MailGymError;",
  'src/kernels/gpu.ts': "import { draw } from '../random/philox';\nexport const gpu = draw;",
  'src/env/types.ts': 'export interface Task { id: string }\nexport const none = 0;',
  'src/env/define.ts': "export { none } from './types';",
  'src/env/define.test.ts': "import { help } from '../../tests/support/help';\nhelp();",
  'src/engine/policy.ts': "import { gpu } from '../kernels/gpu';\nexport const policy = gpu;",
  'src/grpo/step.ts': "import type { Task } from '../env/types';\nexport type Of = Task;",
  'src/report/series.ts': "import type { Of } from '../grpo/step';\nexport type Series = Of;",
  'src/run/train.ts': "import { policy } from '../engine/policy';\nexport const train = policy;",
  'workers/api.ts': "import type { Of } from '../src/report/series';\nexport type Api = Of;",
  'workers/trainer.worker.ts':
    "import { train } from '../src/run/train';\nimport type { Api } from './api';\nexport type A = Api;\nvoid train;",
  'src/ui/app.ts':
    "import type { Api } from '../../workers/api';\nimport type { policy } from '../engine/policy';\nexport type A = [Api, typeof policy];",
  'src/index.ts': "export { train } from './run/train';",
  'scripts/train.ts': "import { train } from '../src/index';\nvoid train;",
  'tests/support/help.ts': 'export const help = () => undefined;',
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mailgym-rooms-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The violations of the sound files with some added or replaced. */
async function against(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const found = await roomViolations(root, ['src', 'workers', 'scripts']);
  return found.map(({ rule, from, to }) => `${rule}: ${from} -> ${to}`);
}

test('sound files are let alone', async () => {
  expect(await against({})).toEqual([]);
});

test.each<[name: string, path: string, text: string, found: string]>([
  [
    'a leaf imports a room',
    'src/random/a.ts',
    "import '../kernels/gpu';",
    'random: src/random/a.ts -> src/kernels/gpu.ts',
  ],
  [
    'a leaf imports errors unasked',
    'src/random/a.ts',
    "import '../errors';",
    'random: src/random/a.ts -> src/errors.ts',
  ],
  [
    'a type counts',
    'src/kernels/a.ts',
    "import type { Task } from '../env/types';\nexport type A = Task;",
    'kernels: src/kernels/a.ts -> src/env/types.ts',
  ],
  [
    'an export counts',
    'src/env/a.ts',
    "export { policy } from '../engine/policy';",
    'env: src/env/a.ts -> src/engine/policy.ts',
  ],
  [
    'a later import counts',
    'src/chat/a.ts',
    "void import('../env/types');",
    'chat: src/chat/a.ts -> src/env/types.ts',
  ],
  [
    'grpo takes a value of env',
    'src/grpo/a.ts',
    "import { none } from '../env/types';\nvoid none;",
    'grpo-types: src/grpo/a.ts -> src/env/types.ts',
  ],
  [
    'grpo takes a value beside a type',
    'src/grpo/a.ts',
    "import { none, type Task } from '../env/types';\nvoid none;\nexport type A = Task;",
    'grpo-types: src/grpo/a.ts -> src/env/types.ts',
  ],
  [
    'grpo takes a type of run',
    'src/grpo/a.ts',
    "import type { train } from '../run/train';\nexport type A = typeof train;",
    'grpo: src/grpo/a.ts -> src/run/train.ts',
  ],
  [
    'workers reach into env',
    'workers/a.ts',
    "import type { Task } from '../src/env/types';\nexport type A = Task;",
    'workers: workers/a.ts -> src/env/types.ts',
  ],
  [
    'ui starts the worker by import',
    'src/ui/a.ts',
    "import '../../workers/trainer.worker';",
    'ui: src/ui/a.ts -> workers/trainer.worker.ts',
  ],
  [
    'ui takes a value of the engine',
    'src/ui/a.ts',
    "import { policy } from '../engine/policy';\nvoid policy;",
    'ui-types: src/ui/a.ts -> src/engine/policy.ts',
  ],
  ['a room imports the door', 'src/run/a.ts', "import '../index';", 'run: src/run/a.ts -> src/index.ts'],
  [
    'scripts import the page',
    'scripts/a.ts',
    "import '../src/ui/app';",
    'scripts: scripts/a.ts -> src/ui/app.ts',
  ],
  [
    'a product file imports a test',
    'src/env/a.ts',
    "import './define.test';",
    'tests: src/env/a.ts -> src/env/define.test.ts',
  ],
  ['a file in no room', 'src/attic/a.ts', "import '../errors';", 'room: src/attic/a.ts -> src/errors.ts'],
  [
    'an import that leads nowhere',
    'src/env/a.ts',
    "import '#nowhere';",
    'resolved: src/env/a.ts -> #nowhere',
  ],
])('%s', async (_, path, text, found) => {
  expect(await against({ [path]: text })).toEqual([found]);
});

test('product files may not use test support', async () => {
  const found = await against({
    'src/env/a.ts': "import { help } from '../../tests/support/help';\nhelp();",
  });
  expect(found).toContain('tests: src/env/a.ts -> tests/support/help.ts');
});

test('every file and folder of src lies in a room', () => {
  const rooms = Object.values(ROOMS).map(({ files }) => new RegExp(files));
  const paths = readdirSync(join(REPOSITORY, 'src'), { withFileTypes: true }).map(
    (entry) => `src/${entry.name}${entry.isDirectory() ? '/x.ts' : ''}`,
  );
  expect(paths.filter((path) => !rooms.some((room) => room.test(path)))).toEqual([]);
});
