import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { runCorpus } from './command';

const raw = (n: number): string =>
  `Message-ID: <${n}@x>\r\nDate: Mon, 1 Jan 2001 12:00:00 +0100\r\nFrom: A@x\r\nTo: b@x\r\nSubject: S${n}\r\n\r\nBody ${n}`;

let folder: string;
let info: string[];
let errors: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  info = [];
  errors = [];
});
afterEach(() => rm(folder, { recursive: true }));

function run(...args: string[]): Promise<number> {
  return runCorpus(args, { info: (line) => info.push(line), error: (line) => errors.push(line) });
}

async function maildir(): Promise<void> {
  await mkdir(join(folder, 'mail/b'), { recursive: true });
  for (const [path, n] of [
    ['mail/b/10.', 1],
    ['mail/b/9.', 2],
    ['mail/a', 3],
    ['mail/B', 4],
  ] as const) {
    await writeFile(join(folder, path), raw(n));
  }
  await writeFile(join(folder, 'mail/notes.txt'), 'prose');
  await symlink(join(folder, 'mail'), join(folder, 'mail/loop'));
}

describe('inspect', () => {
  it('reports as JSON, in code-unit order of paths', async () => {
    await maildir();
    expect(await run('inspect', `${folder}/mail/`, '--json')).toBe(0);
    const report = JSON.parse(info.join('\n')) as Record<string, unknown> & { items: { source: string }[] };
    expect(report).toMatchObject({ files: 5, messages: 4 });
    expect(report.items.map((item) => item.source.slice(folder.length))).toEqual([
      '/mail/B',
      '/mail/a',
      '/mail/b/10.',
      '/mail/b/9.',
    ]);
    expect(report.items[1]).toEqual({
      source: `${folder}/mail/a`,
      id: 'm2',
      labels: ['mail'],
      messageId: '3@x',
      date: '2001-01-01T11:00:00.000Z',
      from: 'a@x',
      to: ['b@x'],
      cc: [],
      subject: 'S3',
      textLength: 6,
    });
    expect(report['rejected']).toEqual([
      { source: `${folder}/mail/loop`, reason: 'a link to a folder, which is not followed' },
      { source: `${folder}/mail/notes.txt`, reason: expect.stringMatching(/not recognised/) as string },
    ]);
  });

  it('prints a readable report', async () => {
    await maildir();
    expect(await run('inspect', folder)).toBe(0);
    expect(info.join('\n')).toMatch(
      /Files: 5 {3}Messages: 4 {3}Rejected: 2[^]*2001-01-01[^]*notes\.txt: not recognised/,
    );
  });

  it('says when there is no mail', async () => {
    await writeFile(join(folder, 'x'), 'prose');
    expect(await run('inspect', folder, '--json')).toBe(1);
    expect(errors.join()).toContain('No mail was found');
    expect(JSON.parse(info.join('\n'))).toMatchObject({ files: 1, messages: 0, items: [] });
  });

  it.each<[string, string[], RegExp]>([
    ['a missing path', ['inspect', '/no/such/mail'], /no file or folder \/no\/such\/mail/],
    ['an unknown flag', ['inspect', '--yaml', '.'], /'--yaml'/],
    ['no path', ['inspect'], /at least one PATH/],
    ['an unknown command', ['inspekt'], /Unknown command inspekt/],
    ['no command', [], /Say what to do/],
    ['build without questions', ['build', '--mail', '.', '--out', 'x'], /--questions/],
    [
      'a limit that is no number',
      ['build', '--mail', 'package.json', '--questions', 'package.json', '--out', 'x', '--max-body', 'ten'],
      /--max-body should be a whole number/,
    ],
  ])('refuses %s', async (_name, args, message) => {
    expect(await run(...args)).toBe(2);
    expect(errors.join()).toMatch(message);
  });
});

describe('build', () => {
  it('writes a dataset that loads', async () => {
    await maildir();
    const lines = [1, 2, 3, 4].map((n) =>
      JSON.stringify({
        id: n,
        question: `Q${n}?`,
        answer: 'A',
        message_ids: [`<${n}@x>`],
        inbox_address: 'b@x',
        query_date: '2001-01-05',
      }),
    );
    await writeFile(
      join(folder, 'q.jsonl'),
      [...lines, lines[0]?.replace('<1@x>', '<99@x>').replace('"id":1', '"id":5')].join('\n'),
    );
    const out = join(folder, 'set');
    expect(
      await run(
        'build',
        '--mail',
        join(folder, 'mail'),
        '--questions',
        join(folder, 'q.jsonl'),
        '--out',
        out,
      ),
    ).toBe(0);
    const dataset = await loadDataset((path) => readFile(join(out, path)));
    expect(dataset.manifest).toMatchObject({
      name: 'set',
      counts: { emails: 4, questions: { train: 2, validation: 1, test: 1 } },
    });
    expect(info.join('\n')).toMatch(/4 usable, 1 rejected[^]*<99@x> is not among/);
  });
});
