import { describe, expect, it } from 'vitest';
import { trajectoryOf } from '../../tests/support/records';
import type { TokenUpdate } from '../grpo/types';
import {
  batchText,
  followedLine,
  keptPath,
  keptStep,
  parseBatch,
  parseFollowed,
  plainTrajectory,
} from './kept-trajectories';

const UPDATE: TokenUpdate = {
  at: Int32Array.of(2, 5),
  then: Float32Array.of(-0.5, -1.5),
  now: Float32Array.of(-0.25, -1.5),
  reference: Float32Array.of(-1, -2),
  clipped: Uint8Array.of(1, 0),
  slope: Float32Array.of(-0.125, 0.5),
  stepSlope: 2.5,
  after: Float32Array.of(-0.125, -1),
  moves: [
    {
      token: 5,
      ids: [3, 4],
      texts: ['ij', 'kl'],
      before: [1.5, 0.5],
      after: [2, 0.25],
      logSum: [2, 2.5],
      temperature: 1,
      slope: 0.5,
    },
  ],
};

describe('trajectories that are kept', () => {
  it('trajectories come back as they were', () => {
    const batch = {
      step: 7,
      items: [trajectoryOf(), trajectoryOf({ rollout: 1, correct: null, answer: null })],
    };
    const back = parseBatch(batchText(batch));
    expect(back?.step).toBe(7);
    expect(back?.items.map(({ logprobs, ...rest }) => [rest, logprobs.length])).toEqual(
      batch.items.map(({ logprobs, ...rest }) => [rest, logprobs.length]),
    );
    expect(back?.items[0]?.logprobs[2]).toBeCloseTo(Math.log(0.5), 5);
    expect(keptStep(`outputs/a/${keptPath(7)}`)).toBe(7);
    expect(keptStep('outputs/a/page/log.jsonl')).toBeNull();
  });

  it('trajectories that are not whole are left out, damaged files are none', () => {
    const short = { ...plainTrajectory(trajectoryOf()), lossMask: [1] };
    const text = JSON.stringify({ step: 1, items: [short, plainTrajectory(trajectoryOf())] });
    expect(parseBatch(text)?.items).toHaveLength(1);
    expect(parseBatch('{"step":1')).toBeNull();
    expect(parseBatch('null')).toBeNull();
  });

  it('what the update found comes back; one that is not whole is left out, and the trajectory stays', () => {
    const view = trajectoryOf({ update: UPDATE, ids: [1, 2, 3, 4, 5, 6], level: 2, scorable: true });
    expect(parseBatch(batchText({ step: 1, items: [view] }))?.items[0]).toEqual({
      ...view,
      logprobs: parseBatch(batchText({ step: 1, items: [trajectoryOf()] }))?.items[0]?.logprobs,
    });
    const broken = (change: object) => {
      const plain = plainTrajectory(view);
      return JSON.stringify({
        step: 1,
        items: [{ ...plain, update: { ...(plain['update'] as object), ...change } }],
      });
    };
    const wrong = [
      { at: [2, 99] },
      { slope: [1] },
      { stepSlope: 'x' },
      { moves: [{ token: 1, ids: [1], texts: [1] }] },
    ];
    for (const change of wrong) {
      const [item] = parseBatch(broken(change))?.items ?? [];
      expect(item?.tokens).toEqual(view.tokens);
      expect(item).not.toHaveProperty('update');
    }
    expect(parseBatch(broken({ after: null, reference: null }))?.items[0]?.update).toMatchObject({
      after: null,
      reference: null,
    });
  });

  it('answers of the followed task come back by step, the later of two counting', () => {
    const item = (answer: string) => trajectoryOf({ answer });
    const lines = [4, 0, 4].map((step, i) => followedLine({ step, item: item(`a${i}`) }));
    const back = parseFollowed(`${lines.join('')}{"step":8`);
    expect(back.map(({ step, item: { answer } }) => [step, answer])).toEqual([
      [0, 'a1'],
      [4, 'a2'],
    ]);
  });
});
