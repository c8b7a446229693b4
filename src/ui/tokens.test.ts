import { describe, expect, it } from 'vitest';
import { EXAMPLE, pieces } from './example';
import { mockTrajectories } from '../../tests/mock/episodes';
import { trajectoryOf } from '../../tests/support/records';
import {
  blockTitle,
  modeMask,
  mostTelling,
  questionGroups,
  tokenBlocks,
  tokenFacts,
  trained,
  verdict,
} from './tokens';

it('cuts a trajectory where the origin changes', () => {
  const blocks = tokenBlocks(Uint8Array.of(0, 0, 1, 2, 2, 1));
  expect(blocks.map((b) => [b.start, b.end, blockTitle(b)])).toEqual([
    [0, 2, 'Prompt'],
    [2, 3, 'Model, turn 1'],
    [3, 5, 'Tool result 1'],
    [5, 6, 'Model, turn 2'],
  ]);
  expect(tokenBlocks(new Uint8Array(0))).toEqual([]);
});

it('masked trains what the model wrote, rollout everything after the prompt', () => {
  const source = Uint8Array.of(0, 0, 1, 2, 2, 1);
  expect([...modeMask(source, 'masked')]).toEqual([0, 0, 1, 0, 0, 1]);
  expect([...modeMask(source, 'rollout')]).toEqual([0, 0, 1, 1, 1, 1]);
  expect(trained(modeMask(source, 'rollout'))).toBe(4);
});

it('the most telling trajectory is right and long, and had tools', () => {
  const of = (correct: boolean, ...source: number[]) => ({
    ...EXAMPLE,
    correct,
    source: Uint8Array.from(source),
  });
  const [bare, wrong, short, long] = [
    of(true, 0, 1),
    of(false, 0, 1, 2, 2, 2),
    of(true, 1, 2),
    of(true, 1, 2, 2),
  ];
  expect(mostTelling([bare, wrong, short, long, { ...long }])).toBe(long);
  expect(mostTelling([bare, wrong])).toBe(wrong);
  expect(mostTelling([bare])).toBeNull();
});

it('the example is masked as a run would mask it', () => {
  expect([...EXAMPLE.lossMask]).toEqual([...modeMask(EXAMPLE.source, 'masked')]);
  expect(EXAMPLE.tokens.length).toBe(EXAMPLE.source.length);
});

it('pieces lose no character', () => {
  const text = '<|user|>Who is  it?\n{"a":48,200}Ü<|end|>';
  expect(pieces(text).join('')).toBe(text);
});

it('the invented conversations lose no character either', () => {
  for (const item of mockTrajectories(1, 1, 'masked', 0.5, 6, 8)) {
    expect(item.tokens.join('')).toMatch(/<\|end\|>$/);
    expect(item.tokens.length).toBe(item.lossMask.length);
  }
});

describe('verdict', () => {
  it('tells abstaining from a wrong answer', () => {
    expect(verdict(trajectoryOf())).toBe('right');
    expect(verdict(trajectoryOf({ correct: false, answer: 'Jonas' }))).toBe('wrong');
    expect(verdict(trajectoryOf({ correct: false, answer: "I don't know" }))).toBe('abstained');
    expect(verdict(trajectoryOf({ correct: false, answer: null }))).toBe('no answer');
  });

  it('is none where the environment has none', () => {
    expect(verdict(trajectoryOf({ correct: null }))).toBe('not judged');
    expect(verdict(trajectoryOf({ correct: null, answer: null }))).toBe('not judged');
  });

  it('abstaining is right where it is the right answer', () => {
    expect(verdict(trajectoryOf({ correct: true, answer: "I don't know" }))).toBe('right');
  });
});

it('groups by question, in order', () => {
  const items = [
    trajectoryOf({ group: 1, rollout: 1, kept: false }),
    trajectoryOf({ group: 0, rollout: 0, correct: false }),
    trajectoryOf({ group: 1, rollout: 0, kept: false }),
  ];
  const groups = questionGroups(items);
  expect(groups.map((g) => [g.group, g.right, g.kept])).toEqual([
    [0, 0, true],
    [1, 2, false],
  ]);
  expect(groups[1]?.items.map((i) => i.rollout)).toEqual([0, 1]);
  expect(items[0]?.rollout).toBe(1);
});

describe('token facts', () => {
  const labels = (index: number, mask?: Uint8Array) =>
    tokenFacts(trajectoryOf(), index, mask).lines.map(([label]) => label);

  it('give log-prob and advantage only where there are any', () => {
    expect(labels(0)).toEqual(['mask']);
    expect(labels(2)).toEqual(['mask', 'advantage', 'log-prob']);
    expect(labels(3)).toEqual(['mask']);
  });

  it('follow another mask', () => {
    expect(labels(3, modeMask(trajectoryOf().source, 'rollout'))).toEqual(['mask', 'advantage']);
  });

  it('show the probability beside the log-prob', () => {
    expect(tokenFacts(trajectoryOf(), 2).lines.at(-1)).toEqual(['log-prob', '−0.693 (50.0 %)']);
  });
});
