import { describe, expect, it } from 'vitest';
import { trajectoryOf } from '../../../tests/support/records';
import type { TokenMove, TokenUpdate } from '../../grpo/types';
import { buildForest } from '../../tokens/forest';
import { questionGroups, tokenFacts } from '../tokens';
import { groupReason, movedMost, tokenNumbers } from './numbers';
import { groupTree, type Stretch } from './tree';
import { candidatesOf, pictureShapes, pictureSvg, type PictureWords } from './update-shapes';
import { spread, WATCH_ALL, watchingOf } from './watching';

const MOVE: TokenMove = {
  token: 5,
  ids: [4, 7, 8],
  texts: ['ij', 'kl', '<b>'],
  before: [1, 2, 0],
  after: [1.5, 1.75, 0],
  logSum: [Math.log(Math.exp(1) + Math.exp(2) + 1), Math.log(Math.exp(1.5) + Math.exp(1.75) + 1)],
  temperature: 1,
  slope: -0.25,
};
const UPDATE: TokenUpdate = {
  at: Int32Array.of(2, 5),
  then: Float32Array.of(-1, -2),
  now: Float32Array.of(-1, -1.5),
  reference: Float32Array.of(-1, -3),
  clipped: Uint8Array.of(0, 1),
  slope: Float32Array.of(0.25, -0.75),
  stepSlope: 4,
  after: Float32Array.of(-1.25, -0.5),
  moves: [MOVE],
};
const VIEW = trajectoryOf({ update: UPDATE, ids: [1, 2, 3, 4, 5, 6] });

describe('numbers of a token', () => {
  it('are those of its place among the trained ones', () => {
    expect(tokenNumbers(VIEW, 5)).toEqual({
      ...{ then: -2, now: -1.5, reference: -3, after: -0.5, clipped: true, slope: -0.75 },
      ratio: Math.exp(0.5),
      share: 0.75 / 4,
    });
    expect(tokenNumbers(VIEW, 3)).toBeNull();
    expect(tokenNumbers(trajectoryOf(), 5)).toBeNull();
  });

  it('stand in its caption, but not under another mask than the run’s', () => {
    const lines = Object.fromEntries(tokenFacts(VIEW, 5).lines);
    expect(lines).toMatchObject({ id: '6', ratio: '1.649, clipped', 'share of the gradient': '18.75 %' });
    expect(lines['after the step']).toContain('60.7 %');
    const other = tokenFacts(VIEW, 5, Uint8Array.from(VIEW.lossMask)).lines.map(([name]) => name);
    expect(other).not.toContain('ratio');
  });

  it('that moved most come first, by probability, and equal ones of a group once', () => {
    const twin = { ...VIEW, rollout: 1 };
    const other = { ...VIEW, group: 1 };
    const moved = movedMost([VIEW, twin, other], 10);
    expect(moved.map(({ item, token }) => [item.group, token])).toEqual([
      [0, 5],
      [1, 5],
      [0, 2],
      [1, 2],
    ]);
    expect(moved[0]?.before).toBeCloseTo(Math.exp(-1.5));
    expect(moved[0]?.after).toBeCloseTo(Math.exp(-0.5));
    expect(movedMost([VIEW, twin, other], 1)).toHaveLength(1);
    expect(movedMost([trajectoryOf({ update: { ...UPDATE, after: null } })], 3)).toEqual([]);
  });
});

describe('why a group was dropped', () => {
  const reason = (kept: boolean, ...members: Parameters<typeof trajectoryOf>[0][]) => {
    const [group] = questionGroups(members.map((one, rollout) => trajectoryOf({ ...one, kept, rollout })));
    return group === undefined ? null : groupReason(group);
  };
  it('is read from its rewards and verdicts', () => {
    expect(reason(true, { reward: 1 }, { reward: 1 })).toBe('kept');
    expect(reason(false, { reward: 1 }, { reward: 1 })).toBe('all-right');
    expect(reason(false, { reward: 0, correct: false }, { reward: 0, correct: false })).toBe('all-wrong');
    expect(reason(false, { reward: 0, correct: null }, { reward: 0, correct: null })).toBe('alike');
    expect(reason(false, { reward: 0, correct: false }, { reward: 0.01, correct: false })).toBe(
      'little-spread',
    );
    expect(reason(false, { reward: 0, scorable: false }, { reward: 1 })).toBe('unscorable');
  });
});

describe('the tree of a group', () => {
  // a b c | a b d e | a b d e | x
  const items = [[1, 2, 3], [1, 2, 4, 5], [1, 2, 4, 5], [9]].map((ids, rollout) =>
    trajectoryOf({
      ...{ ids, rollout, advantage: rollout - 1 },
      tokens: ids.map((id) => `t${id}`),
      source: Uint8Array.from(ids, (_, t) => (t < 1 ? 0 : 1)),
      lossMask: Uint8Array.from(ids, (_, t) => (t < 1 ? 0 : 1)),
      tokenAdvantages: Float32Array.from(ids, () => rollout - 1),
      logprobs: new Float32Array(ids.length),
    }),
  );
  const flat = (stretch: Stretch): unknown => [
    stretch.tokens.map(({ text }) => text).join(' '),
    stretch.rollouts,
    stretch.ends.map(({ rollout }) => rollout),
    stretch.branches.map(flat),
  ];

  it('is the trainer’s forest: shared beginnings once, branches where rollouts part', () => {
    const tree = groupTree(items);
    expect(tree?.roots.map(flat)).toEqual([
      [
        't1 t2',
        [0, 1, 2],
        [],
        [
          ['t3', [0], [0], []],
          ['t4 t5', [1, 2], [1, 2], []],
        ],
      ],
      ['t9', [3], [3], []],
    ]);
    expect(tree).toMatchObject({ distinct: 6, total: 12 });
    expect(tree?.distinct).toBe(buildForest(items.map(({ ids = [] }) => ({ ids }))).forest.n);
  });

  it('a shared token is pushed by the sum of the advantages, of what is trained', () => {
    const [root] = groupTree(items)?.roots ?? [];
    expect(root?.tokens.map(({ trained, push }) => [trained, push])).toEqual([
      [false, 0],
      [true, -1 + 0 + 1],
    ]);
    const dropped = groupTree(items.map((item) => ({ ...item, kept: false })));
    expect(dropped?.roots[0]?.tokens.every(({ trained }) => !trained)).toBe(true);
  });

  it('a rollout that ends where another goes on ends a stretch; without ids there is no tree', () => {
    const two = [
      [1, 2],
      [1, 2, 3],
    ].map((ids, rollout) => ({ ...(items[0] as (typeof items)[0]), ids, rollout, tokens: ids.map(String) }));
    expect(groupTree(two)?.roots.map(flat)).toEqual([['1 2', [0, 1], [0], [['3', [1], [1], []]]]]);
    expect(groupTree([trajectoryOf()])).toBeNull();
  });
});

describe('one token’s update', () => {
  it('probabilities and the gradient of each logit follow from logits, slope and temperature', () => {
    const found = candidatesOf(MOVE);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(found.map(({ p }) => p[0]))).toBeCloseTo(1, 6);
    expect(sum(found.map(({ p }) => p[1]))).toBeCloseTo(1, 6);
    // The numeric derivative of slope·log p of the trained token.
    const logp = (logits: readonly number[]) =>
      (logits[0] as number) - Math.log(sum(logits.map((z) => Math.exp(z))));
    found.forEach(({ gradient }, i) => {
      const moved = (by: number) => MOVE.before.map((z, k) => (k === i ? z + by : z));
      expect(gradient).toBeCloseTo((MOVE.slope * (logp(moved(1e-4)) - logp(moved(-1e-4)))) / 2e-4, 6);
    });
  });

  it('is a picture that stands alone, with all its words, none of them as markup', () => {
    const words: PictureWords = {
      title: 'T & t',
      heads: ['a', 'b', 'c', 'd'],
      notes: ['n1'],
      logit: (value) => `z${value}`,
      share: (p) => p.toFixed(2),
      gradient: (value) => value.toFixed(3),
      token: (text) => text,
    };
    const svg = pictureSvg(pictureShapes(MOVE, words), words.title, (name) => `colour${name}`);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    for (const said of ['T &amp; t', '&lt;b&gt;', 'z1.5', 'n1', 'colour--accent'])
      expect(svg).toContain(said);
    expect(svg).not.toMatch(/NaN|undefined|var\(/);
  });
});

it('answers side by side are the first, the last, and evenly between', () => {
  const steps = [0, 4, 8, 12, 16, 20, 24];
  expect(spread(steps, 4)).toEqual([0, 8, 16, 24]);
  expect(spread([1, 2], 4)).toEqual([1, 2]);
});

it('the visitor’s choice decides what is measured; a question is followed in any case', () => {
  expect(watchingOf(WATCH_ALL)).toMatchObject({ follow: { taskId: null, every: 4 } });
  expect(watchingOf(WATCH_ALL).moves).toBeGreaterThan(0);
  expect(watchingOf({ moves: false, taskId: 'a' })).toEqual({
    moves: 0,
    logits: 0,
    follow: { taskId: 'a', every: 4 },
  });
});
