import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runQuestions } from './command';

const raw = (n: number, body: string): string =>
  `Message-ID: <${n}@x>\nDate: Mon, ${n} Jan 2001 12:00:00 +0000\nFrom: Ann Lee <ann.lee@x.example>\nTo: b@x.example\nSubject: Garden fence ${n} repair\n\n${body}\n`;

let folder: string;
let info: string[];
let errors: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'questions-'));
  info = [];
  errors = [];
  await mkdir(join(folder, 'mail'));
  for (let n = 1; n <= 6; n++) {
    await writeFile(join(folder, `mail/${n}`), raw(n, `The fence of house ${n} costs $${n}50 in all.`));
  }
});
afterEach(() => rm(folder, { recursive: true }));

function run(args: readonly string[], signal?: AbortSignal): Promise<number> {
  const out = { info: (line: string) => info.push(line), error: (line: string) => errors.push(line) };
  return runQuestions(
    ['--mail', join(folder, 'mail'), '--out', join(folder, 'q.jsonl'), ...args],
    out,
    signal,
  );
}

it('says which mail and files it could not use', async () => {
  await writeFile(join(folder, 'mail/long'), raw(7, 'x'.repeat(200)));
  await writeFile(join(folder, 'mail/notes.txt'), 'prose');
  await symlink(join(folder, 'nowhere'), join(folder, 'mail/loose'));
  expect(await run(['--max-body', '100'])).toBe(0);
  const report = info.join('\n');
  expect(report).toMatch(/Files: 8 {3}Messages: 6 {3}Rejected: 3/);
  expect(report).toMatch(/loose: a link to nothing/);
  expect(report).toMatch(/long: the body has \d+ characters/);
  expect(report).toMatch(/notes\.txt: not recognised/);
  expect((await readFile(join(folder, 'q.jsonl'), 'utf8')).trim().split('\n').length).toBeGreaterThan(0);
});

it('says that it was stopped, and writes nothing', async () => {
  expect(await run([], AbortSignal.abort())).toBe(130);
  expect(errors).toEqual(['questions: Stopped; nothing was written.']);
  await expect(readFile(join(folder, 'q.jsonl'))).rejects.toThrow(/ENOENT/);
});

it('shows how it is called where the call is wrong', async () => {
  expect(await run(['--split', 'year'])).toBe(2);
  expect(errors.join()).toMatch(/--split should be thread or time, found year[^]*Usage:/);
});
