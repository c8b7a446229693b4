import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expertTexts } from './expert-texts';
import { renderCall } from '../../src/chat/parse/hermes';
import { createMailStore } from '../../src/env/mail/corpus/store';
import type { MailStore } from '../../src/env/mail/corpus/types';
import { Random } from '../../src/random/philox';
import { buildInbox } from '../dataset/inbox';
import { encoderOf, learnTokenizer } from '../tokenizer/files';
import { decodeSequences, encodeSequences, WEIGHT_UNIT } from './format';
import { cleanTrace, multiTrace } from './traces/clean';
import { DEFAULT_CARE, flawedTrace } from './traces/flawed';
import { play, TASK, type Segment } from './traces/play';
import { turnWeights, WEIGHTS } from './traces/weights';

const inbox = buildInbox({ seed: 4, number: 7, stream: 0, split: 'train' });
const tokenizer = learnTokenizer(
  inbox.emails.map(({ subject, body }) => `${subject}\n${body}`),
  600,
  2,
);
const encoder = encoderOf(tokenizer);
const given = new Map(tokenizer.added_tokens.map(({ id, content }) => [id, content]));
let store: MailStore;
beforeAll(async () => {
  store = await createMailStore(inbox.emails, { snippetTokens: TASK.snippetTokens });
});
afterAll(() => store.close());

const textOf = (segments: readonly Segment[]): string => segments.map(({ text }) => text).join('');

describe('training sequences', () => {
  it('survive the file', () => {
    const sequences = [
      { ids: [1, 40_000, 3], weights: [0, 4, WEIGHT_UNIT] },
      { ids: [], weights: [] },
      { ids: [9], weights: [6] },
    ];
    const read = decodeSequences(encodeSequences(sequences));
    expect(read.map(({ ids }) => ids)).toEqual(sequences.map(({ ids }) => ids));
    read.forEach(({ weights }, i) =>
      weights.forEach((weight, j) => expect(weight).toBeCloseTo(sequences[i]?.weights[j] ?? NaN, 12)),
    );
  });

  it('are refused when the bytes are something else', () => {
    const bytes = encodeSequences([{ ids: [1], weights: [1] }]);
    expect(() => decodeSequences(bytes.slice(0, -1))).toThrow(RangeError);
    expect(() => decodeSequences(new Uint8Array(64))).toThrow(/training sequences/);
  });
});

describe('weights of a turn', () => {
  it('stress ids, answers and the first token of an answer', () => {
    const call = renderCall('return_final_answer', { answer: '14 May', source_message_ids: ['m0712'] });
    const ids = encoder.encode(`${call}<|end|>`);
    const weights = turnWeights(ids, given);
    const at = ids.findIndex((id) => given.get(id)?.startsWith('{"name"'));
    expect(weights[at]).toBe(WEIGHTS.tool);
    expect(weights[at + 1]).toBe(WEIGHTS.firstAnswer);
    expect(weights[at + 2]).toBe(WEIGHTS.answer);
    const source = ids.findIndex((id) => given.get(id) === '","source_message_ids":["');
    expect(weights.slice(source, source + 3)).toEqual([WEIGHTS.call, WEIGHTS.id, WEIGHTS.id]);
    expect(weights.at(-1)).toBe(WEIGHTS.call);
  });
});

describe('traces', () => {
  it('of the expert succeed for every question and begin as the policy will be asked', () => {
    for (const candidate of inbox.candidates) {
      const segments = cleanTrace(candidate, store);
      expect(segments[0]?.text).toBe(
        `<|system|>Inbox ${candidate.inbox}. Today ${candidate.queryDate}.<|end|><|user|>${candidate.question}<|end|><|assistant|>`,
      );
      expect(segments.filter(({ source }) => source === 'sampled')).toHaveLength(
        expertTexts({ ...candidate, id: '' }).length,
      );
    }
  });

  it('may be encoded piece by piece', () => {
    const segments = cleanTrace(inbox.candidates[0] as never, store);
    expect(segments.flatMap(({ text }) => encoder.encode(text))).toEqual(encoder.encode(textOf(segments)));
  });

  it('with further questions contain the plain trace and answer from the same hits', () => {
    const random = new Random(1, 'multi');
    const longer = inbox.candidates.filter((candidate) => {
      const plain = textOf(cleanTrace(candidate, store));
      const multi = textOf(multiTrace(candidate, inbox.candidates, store, 2, random));
      expect(multi.startsWith(plain)).toBe(true);
      return multi.length > plain.length;
    });
    expect(longer.length).toBeGreaterThan(20);
  });

  it('with flaws repeat for the same seed and fail more often than not, but not always', () => {
    const all = inbox.candidates;
    const trace = (i: number): Segment[] =>
      flawedTrace(all[i] as never, all, store, DEFAULT_CARE, new Random(2, 'flawed', i));
    const right = all.filter((candidate, i) => {
      const text = textOf(trace(i));
      expect(textOf(trace(i))).toBe(text);
      return text.endsWith(`${expertTexts({ ...candidate, id: '' }).at(-1) ?? ''}<|end|>`);
    });
    expect(right.length / all.length).toBeGreaterThan(0.08);
    expect(right.length / all.length).toBeLessThan(0.6);
  });

  it('with perfect care are those of the expert', () => {
    const care = { search: 1, read: 1, patience: 1, format: 1 };
    for (const candidate of inbox.candidates.filter(({ family }) => family !== 'unanswerable')) {
      const flawless = flawedTrace(candidate, inbox.candidates, store, care, new Random(3, 'care'));
      expect(textOf(flawless)).toBe(textOf(cleanTrace(candidate, store)));
    }
  });

  it('stop when the script does', () => {
    const { outcome, segments } = play(
      { ...(inbox.candidates[0] as never as object), id: 'q' } as never,
      store,
      () => null,
    );
    expect(outcome).toBeNull();
    expect(segments).toHaveLength(1);
  });
});
