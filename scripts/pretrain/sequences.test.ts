import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../src/random/philox';
import { REPOSITORY } from '../runtime/page';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import { copyingSequence, traceSequences, type TraceSource } from './sequences';
import { WEIGHTS } from './traces/weights';

const tokenizer = JSON.parse(
  readFileSync(join(REPOSITORY, 'public/models/mailgym-tiny/tokenizer.json'), 'utf8'),
) as TokenizerJson;

test('copying: what has a weight was seen before, after the same token', () => {
  const options = { vocabSize: 5000, length: 60, chunks: [3, 5], chunkLength: [2, 4] } as const;
  let weighted = 0;
  for (let i = 0; i < 100; i++) {
    const { ids, weights } = copyingSequence(options, new Random(3, 'c', i));
    expect(ids.length).toBe(60);
    expect(weights.length).toBe(60);
    ids.forEach((id, t) => {
      if (weights[t] === 0) return;
      weighted++;
      expect(ids.slice(0, t - 1).some((other, at) => other === ids[t - 1] && ids[at + 1] === id)).toBe(true);
    });
  }
  expect(weighted).toBeGreaterThan(1500);
});

test.each(['clean', 'multi', 'flawed'] as const)(
  '%s traces repeat, and differ by inbox',
  async (kind) => {
    const source: TraceSource = { kind, split: 'train', seed: 5, first: 3, inboxes: 2 };
    const both = await traceSequences(tokenizer, source);
    const second = await traceSequences(tokenizer, { ...source, first: 4, inboxes: 1 });
    expect(both.length).toBeGreaterThan(40);
    expect(both.slice(-second.length)).toEqual(second);
    expect(both[0]).not.toEqual(second[0]);
    const end = encoderOf(tokenizer).encode('<|end|>')[0];
    const levels = new Set([0, ...Object.values(WEIGHTS)]);
    for (const { ids, weights } of both) {
      expect(weights.length).toBe(ids.length);
      expect(weights.every((weight) => levels.has(weight))).toBe(true);
      expect([ids.at(-1), weights[0], weights.at(-1)]).toEqual([end, 0, WEIGHTS.call]);
    }
  },
  60_000,
);
