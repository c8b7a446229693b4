import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MailGymError } from '../../src/errors';
import { near } from './mutate';
import { texts } from './seeds';
import { TARGETS } from './targets';

/** The slower ones: a template, for one, is rendered dozens of times for each input. */
const SLOW = /template|tokenizer|questions|mail/;

describe('every parser ends, and throws nothing but errors of the catalogue', () => {
  test.each(TARGETS.map(({ name }) => name))('%s', { timeout: 120_000 }, async (name) => {
    const target = TARGETS.find((one) => one.name === name);
    if (target === undefined) throw new Error(name);
    const seeds = target.seeds();
    expect(seeds.length).toBeGreaterThan(0);
    const read = async (bytes: Uint8Array): Promise<void> => {
      try {
        await target.read(bytes);
      } catch (error) {
        if (!(error instanceof MailGymError)) throw error;
      }
    };
    for (const seed of seeds.slice(0, 5)) await read(seed);
    await fc.assert(fc.asyncProperty(near(seeds), read), { seed: 1, numRuns: SLOW.test(name) ? 5 : 50 });
  });
});

test('most inputs are near a right file, and a parser that breaks is found and its input made small', () => {
  const seeds = texts('{"a":[1,2,3],"b":"text"}');
  const samples = fc
    .sample(near(seeds), { seed: 3, numRuns: 200 })
    .map((bytes) => new TextDecoder().decode(bytes));
  expect(samples.filter((text) => text.includes('"a"')).length).toBeGreaterThan(80);
  const result = fc.check(
    fc.property(near(seeds), (bytes) => {
      if (new TextDecoder().decode(bytes).includes('__proto__')) throw new Error('broke');
    }),
    { seed: 3, numRuns: 5000 },
  );
  expect(result.failed).toBe(true);
  expect(new TextDecoder().decode(result.counterexample?.[0]).length).toBeLessThan(40);
});
