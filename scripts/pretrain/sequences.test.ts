import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../runtime/page';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import { copyingChapters, traceChapters } from './sequences';
import { WEIGHTS } from './traces/weights';

const tokenizer = JSON.parse(
  readFileSync(join(REPOSITORY, 'public/models/mailgym-tiny/tokenizer.json'), 'utf8'),
) as TokenizerJson;

test('copying: what has a weight was seen before, after the same token', async () => {
  const options = { label: 'c', vocabSize: 5000, length: 60 };
  const shape = { chunks: [3, 5], chunkLength: [2, 4] } as const;
  const sequences = await copyingChapters({ ...options, ...shape, seed: 3 })(2);
  let weighted = 0;
  for (const { ids, weights } of sequences) {
    expect(ids.length).toBe(60);
    expect(weights.length).toBe(60);
    ids.forEach((id, t) => {
      if (weights[t] === 0) return;
      weighted++;
      expect(ids.slice(0, t - 1).some((other, i) => other === ids[t - 1] && ids[i + 1] === id)).toBe(true);
    });
  }
  expect(weighted).toBeGreaterThan(sequences.length * 15);
  expect(await copyingChapters({ ...options, ...shape, seed: 3 })(2)).toEqual(sequences);
  expect(await copyingChapters({ ...options, ...shape, seed: 4 })(2)).not.toEqual(sequences);
});

test('traces: a chapter repeats, differs from the next, and keeps to its length', async () => {
  const options = {
    seed: 5,
    label: 'test',
    split: 'train',
    mix: { clean: 0.4, multi: 0.3, flawed: 0.3 },
    contextWeight: 0.05,
    maxTokens: 190,
    inboxes: 2,
  } as const;
  const chapters = traceChapters(tokenizer, options);
  const uncut = await traceChapters(tokenizer, { ...options, maxTokens: 1000 })(0);
  const first = await chapters(0);
  expect(await traceChapters(tokenizer, options)(0)).toEqual(first);
  expect(await chapters(1)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(40);
  expect(uncut.length).toBeGreaterThan(first.length);
  const end = encoderOf(tokenizer).encode('<|end|>')[0];
  const levels = new Set([0.05, ...Object.values(WEIGHTS)]);
  for (const { ids, weights } of first) {
    expect(ids.length).toBeLessThanOrEqual(190);
    expect(weights.length).toBe(ids.length);
    expect(weights.every((weight) => levels.has(weight))).toBe(true);
    expect([ids.at(-1), weights[0], weights.at(-1)]).toEqual([end, 0.05, WEIGHTS.call]);
  }
});
