import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folder, jsonl, openRows } from '../../../tests/support/rows';
import type { Split, Task } from '../types';
import { splitFiles, usualNames } from './files';
import { position } from './identity';
import { deal } from './split';

const empty = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, '']));

describe('splitFiles', () => {
  it.each<[readonly string[], object]>([
    [['README.md', 'train.jsonl', 'test.jsonl'], { train: ['train.jsonl'], test: ['test.jsonl'] }],
    [['training.jsonl'], { train: ['training.jsonl'] }],
    [['validation.jsonl'], { validation: ['validation.jsonl'] }],
    [['valid.jsonl'], { validation: ['valid.jsonl'] }],
    [['val.jsonl'], { validation: ['val.jsonl'] }],
    [['dev.ndjson'], { validation: ['dev.ndjson'] }],
    [['eval.jsonl'], { validation: ['eval.jsonl'] }],
    [['my.jsonl', 'notes.txt'], { all: ['my.jsonl'] }],
    [['TRAIN.JSONL', 'other.jsonl'], { train: ['TRAIN.JSONL'] }],
    [['default/test/0000.parquet'], { test: ['default/test/0000.parquet'] }],
    [
      [
        'data/train-00001-of-00002.parquet',
        'data/train-00000-of-00002.parquet',
        'data/validation-00000-of-00001.parquet',
      ],
      {
        train: ['data/train-00000-of-00002.parquet', 'data/train-00001-of-00002.parquet'],
        validation: ['data/validation-00000-of-00001.parquet'],
      },
    ],
    [['training_set.jsonl', 'testing.jsonl', 'latest.jsonl'], { train: ['training_set.jsonl'] }],
  ])('of %j', async (paths, expected) => {
    expect(await splitFiles(folder(empty(paths)))).toEqual(expected);
  });

  it.each([
    ['no file', ['README.md'], /none was found\. Name files/],
    ['several of other names', ['a.jsonl', 'b.jsonl'], /found a\.jsonl, b\.jsonl, none named by a split/],
    [
      'two configurations',
      ['main/train-0.parquet', 'socratic/train-0.parquet'],
      /several places: main\/\*\.parquet, socratic/,
    ],
    ['two formats', ['train.jsonl', 'train.parquet'], /\*\.jsonl, \*\.parquet/],
  ])('refuses %s', async (_, paths, message) => {
    await expect(splitFiles(folder(empty(paths)))).rejects.toThrow(message);
  });

  it('has usual names of every split and word, each in three places', () => {
    const words = ['train', 'training', 'validation', 'valid', 'val', 'dev', 'eval', 'test'];
    expect(usualNames()).toEqual(
      words.flatMap((word) => [`${word}.jsonl`, `${word}.parquet`, `data/${word}-00000-of-00001.parquet`]),
    );
  });

  it('tries the usual names where the source cannot list', async () => {
    const files = empty(['train.jsonl', 'data/test-00000-of-00001.parquet']);
    expect(await splitFiles(folder(files, { canList: false }))).toEqual({
      train: ['train.jsonl'],
      test: ['data/test-00000-of-00001.parquet'],
    });
    await expect(splitFiles(folder({}, { canList: false }))).rejects.toThrow(/none was found/);
  });

  it('reads no file twice', async () => {
    const source = folder({ 'train.jsonl': jsonl({ prompt: 'a', answer: 'b' }) }, { canList: false });
    const reads: string[] = [];
    const { tasks } = await openRows({ ...source, read: (path) => (reads.push(path), source.read(path)) });
    expect(tasks.train).toHaveLength(1);
    expect(new Set(reads).size).toBe(reads.length);
  });

  it('does not take a failing source for a missing file', async () => {
    const source = {
      ...folder({}, { canList: false }),
      read: () => Promise.reject(new TypeError('no network')),
    };
    await expect(splitFiles(source)).rejects.toThrow('no network');
  });
});

describe('splits', () => {
  const rows = (n: number, from = 0) =>
    jsonl(
      ...Array.from({ length: n }, (_, i) => ({ prompt: `question ${i + from}`, answer: 'x', id: i + from })),
    );
  const sizes = async (files: Record<string, string>) => {
    const { tasks } = await openRows(files);
    return [tasks.train.length, tasks.validation.length, tasks.test.length];
  };

  it('of a single file are 80, 10 and 10 %, about', async () => {
    const [train = 0, validation = 0, test = 0] = await sizes({ 'rows.jsonl': rows(4000) });
    expect(train + validation + test).toBe(4000);
    // Three standard deviations of a binomial share of 4,000 are 1.9 and 1.4 points.
    expect(Math.abs(train / 4000 - 0.8)).toBeLessThan(0.019);
    expect(Math.abs(validation / 4000 - 0.1)).toBeLessThan(0.014);
    expect(Math.abs(test / 4000 - 0.1)).toBeLessThan(0.014);
  });

  it('without a file are dealt from train alone', async () => {
    const [train = 0, validation = 0, test = 0] = await sizes({
      'train.jsonl': rows(400),
      'test.jsonl': rows(7, 900),
    });
    expect([train + validation, test]).toEqual([400, 7]);
    expect(validation).toBeGreaterThan(20);
    expect(validation).toBeLessThan(60);
    expect(
      await sizes({ 'train.jsonl': rows(5), 'valid.jsonl': rows(3, 50), 'test.jsonl': rows(4, 90) }),
    ).toEqual([5, 3, 4]);
    expect(await sizes({ 'test.jsonl': rows(4) })).toEqual([0, 0, 4]);
  });

  it('of a few rows are not empty', async () => {
    for (let from = 0; from < 100; from += 10) {
      const all = await sizes({ 'rows.jsonl': rows(3, from) });
      expect(all).toEqual([1, 1, 1]);
    }
    for (let from = 0; from < 10; from++)
      expect(await sizes({ 'rows.jsonl': rows(1, from) })).toEqual([1, 0, 0]);
  });

  it('refuses files without rows', async () => {
    await expect(openRows({ 'train.jsonl': '\n' })).rejects.toThrow(/has no rows/);
  });
});

describe('deal', () => {
  const task = (text: string, id: number): Task => ({
    id: String(id),
    prompt: [{ role: 'user', content: text }],
    answer: null,
    level: 1,
    info: {},
  });
  const missing = ['validation', 'test'] as const;

  it('keeps every task once, equal prompts together and rows where they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 }), { minLength: 1, maxLength: 60 }), (texts) => {
        const tasks = texts.map(task);
        const { train, validation, test } = deal(tasks, missing);
        expect([...train, ...validation, ...test].map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
          tasks.map((_, i) => i),
        );
        const prompts = [train, validation, test].map(
          (list) => new Set(list.map(({ prompt }) => prompt[0]?.content)),
        );
        const distinct = new Set(texts).size;
        expect(prompts.reduce((total, { size }) => total + size, 0)).toBe(distinct);
        expect(prompts.filter(({ size }) => size > 0)).toHaveLength(Math.min(3, distinct));
        const more = deal(
          [...tasks, ...Array.from({ length: 200 }, (_, i) => task(`other ${i}`, -1 - i))],
          missing,
        );
        const stays = (split: Split, from: number, to: number) => {
          for (const kept of tasks) {
            const at = position(JSON.stringify(kept.prompt));
            if (at >= from && at < to) expect(more[split]).toContain(kept);
          }
        };
        stays('train', 0, 0.8);
        stays('validation', 0.8, 0.9);
        stays('test', 0.9, 1);
      }),
    );
  });
});
