import { describe, expect, it } from 'vitest';
import { totalReward } from './reward';

const total = (
  rewards: Readonly<Record<string, number | null>>,
  weights: Readonly<Record<string, number>>,
  stopCondition = 'answered',
) => totalReward({ rewards, stopCondition }, weights);
const NONE = { reward: 0, scorable: false };

describe('totalReward', () => {
  it('weighs and sums the parts that have a weight', () => {
    expect(total({ right: 1, brief: 4 }, { right: 2, brief: -0.25 })).toEqual({ reward: 1, scorable: true });
    expect(total({ right: 1, other: 100 }, { right: 0.5 })).toEqual({ reward: 0.5, scorable: true });
    expect(total({ right: 0 }, { right: 1 })).toEqual({ reward: 0, scorable: true });
  });

  it('leaves parts out that do not apply, without counting them as 0', () => {
    expect(total({ right: null, brief: 3 }, { right: 5, brief: 1 })).toEqual({ reward: 3, scorable: true });
    expect(total({ right: null }, { right: 5 })).toEqual(NONE);
    expect(total({}, { right: 5 })).toEqual(NONE);
  });

  it('cannot score without a part that has a weight', () => {
    expect(total({ right: 1 }, {})).toEqual(NONE);
    expect(total({ right: 1 }, { right: 0 })).toEqual(NONE);
    expect(total({ right: 1 }, { brief: 1 })).toEqual(NONE);
  });

  it.each([NaN, Infinity, -Infinity])('cannot score a part of %d, unless it weighs nothing', (value) => {
    expect(total({ right: 1, brief: value }, { right: 1, brief: 1 })).toEqual(NONE);
    expect(total({ right: 1, brief: value }, { right: 1 })).toEqual({ reward: 1, scorable: true });
    expect(total({ right: 1, brief: value }, { right: 1, brief: 0 })).toEqual({ reward: 1, scorable: true });
  });

  it('cannot score what a judge failed on', () => {
    expect(total({ right: 1 }, { right: 1 }, 'unscorable')).toEqual(NONE);
  });
});
