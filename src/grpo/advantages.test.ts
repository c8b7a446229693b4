import { describe, expect, it } from 'vitest';
import type { Outcome, TurnValue } from '../env/types';
import {
  computeAdvantages,
  tokenAdvantages,
  type AdvantageSettings,
  type RewardedTrajectory,
} from './advantages';

/** Worth of the actions of these tests; a turn of another kind has the trajectory's advantage. */
const WORTH: Readonly<Record<string, number>> = { hit: 1.2, miss: -0.2, answer: 2 };
const valueOf = (tool: string): TurnValue => WORTH[tool] ?? { advantage: 1 };

const outcomeOf = (turns: Outcome['turns'], turnValues: readonly TurnValue[] | undefined): Outcome => ({
  ...{
    turns,
    ...(turnValues && { turnValues }),
    stopCondition: 'answered',
    success: null,
    answer: null,
    metrics: {},
    rewards: {},
  },
});

/** A trajectory whose turns call the given tools; '' is a turn without a call. */
function rewarded(
  group: number,
  reward: number,
  tools: readonly string[] = ['answer'],
  scorable = true,
): RewardedTrajectory {
  const turns = tools.map((name) => ({
    text: '',
    calls: name === '' ? [] : [{ id: 'c', name, arguments: {} }],
    results: [],
  }));
  return {
    group,
    reward,
    scorable,
    outcome: outcomeOf(turns, tools.map(valueOf)),
  };
}

const settings: AdvantageSettings = {
  kind: 'trajectory',
  scaling: 'group',
  mix: 0.5,
  minGroupStd: 0.05,
  aggregation: 'sum_then_normalize',
  rewardWeights: {},
};

describe('computeAdvantages', () => {
  it('normalises each part first with GDPO: a part of large rewards does not drown a small one', () => {
    const rollout = (big: number, small: number | null): ReturnType<typeof rewarded> => {
      const plain = rewarded(0, big + (small ?? 0));
      return { ...plain, outcome: { ...plain.outcome, rewards: { big, small, unused: 7 * big } } };
    };
    const batch = [rollout(100, 0), rollout(100, 1), rollout(0, 0), rollout(0, 1)];
    const of = (rewardWeights: Record<string, number>) =>
      computeAdvantages(batch, { ...settings, aggregation: 'normalize_then_sum', rewardWeights }).advantage;
    const [a, b, c, d] = of({ big: 1, small: 1 }) as [number, number, number, number];
    // Both parts have the same say: one right of two is the mean, whichever part it is (but for the floors).
    expect(a + c).toBeCloseTo(-(b + d), 6);
    expect(b).toBeCloseTo(Math.SQRT2, 3);
    expect(c).toBeCloseTo(-Math.SQRT2, 3);
    expect(a).toBeCloseTo(0, 2);
    // Parts without a weight play no role.
    expect(of({ small: 1 }).map((value) => Math.sign(value))).toEqual([-1, 1, -1, 1]);
  });

  it('subtracts the group mean and divides by group std, batch std or nothing', () => {
    const batch = [rewarded(0, 0), rewarded(0, 2), rewarded(1, 3), rewarded(1, 3.5)];
    const of = (scaling: AdvantageSettings['scaling']) =>
      computeAdvantages(batch, { ...settings, scaling }).advantage;
    expect(of('none')).toEqual([-1, 1, -0.25, 0.25]);
    const group = of('group');
    [-1 / 1.0001, 1 / 1.0001, -0.25 / 0.2501, 0.25 / 0.2501].forEach((value, i) =>
      expect(group[i]).toBeCloseTo(value, 12),
    );
    // Rewards 0, 2, 3, 3.5: variance 29.25/4 - (8.5/4)^2... population form.
    const std = Math.sqrt((0 + 4 + 9 + 12.25) / 4 - 2.125 ** 2);
    expect(of('batch')[1]).toBeCloseTo(1 / (std + 1e-4), 12);
  });

  it('drops groups with little spread, and with none whatever the threshold', () => {
    const batch = [
      rewarded(0, 1),
      rewarded(0, 1.08),
      rewarded(1, 0.1 + 0.2),
      rewarded(1, 0.3),
      rewarded(2, 0),
      rewarded(2, 1),
    ];
    const strict = computeAdvantages(batch, settings);
    expect(strict.kept).toEqual([false, false, false, false, true, true]);
    expect(strict).toMatchObject({ groups: 3, groupsKept: 1 });
    const lax = computeAdvantages(batch, { ...settings, minGroupStd: 0 });
    // 0.1 + 0.2 and 0.3 differ by float noise only.
    expect(lax.kept).toEqual([true, true, false, false, true, true]);
  });

  it.each(['trajectory', 'action', 'mixed'] as const)(
    'trains a kept group alike whatever groups were asked and dropped beside it (%s)',
    (kind) => {
      const kept = [
        rewarded(0, 0, ['hit']),
        rewarded(0, 2, ['', 'miss']),
        rewarded(1, 3, ['miss']),
        rewarded(1, 3.5, ['hit', '']),
      ];
      const dropped = [rewarded(2, -8, ['hit']), rewarded(2, -8, ['hit'])];
      for (const scaling of ['group', 'batch', 'none'] as const) {
        const alone = computeAdvantages(kept, { ...settings, kind, scaling });
        const beside = computeAdvantages([...kept, ...dropped], { ...settings, kind, scaling });
        expect(alone.groupsKept).toBe(2);
        expect(beside).toMatchObject({ groups: 3, groupsKept: 2 });
        expect(beside.advantage.slice(0, 4)).toEqual(alone.advantage);
        expect(beside.turns.slice(0, 4)).toEqual(alone.turns);
      }
    },
  );

  it('judges a group by its own rollouts, also where the batch scales what it trains on', () => {
    // A turn without a value of its own gets the advantage, which another group's spread divides.
    const group = [rewarded(0, 0, ['']), rewarded(0, 0.2, [''])];
    const wild = [rewarded(1, -100, ['hit']), rewarded(1, 100, ['miss'])];
    for (const kind of ['action', 'mixed'] as const) {
      const config: AdvantageSettings = { ...settings, kind, scaling: 'batch' };
      expect(computeAdvantages(group, config).kept).toEqual([true, true]);
      expect(computeAdvantages([...group, ...wild], config).kept).toEqual([true, true, true, true]);
    }
  });

  it('gives in kind trajectory every turn the advantage of all, whatever the environment thinks of it', () => {
    const batch = [rewarded(0, 1, ['miss', 'hit', 'answer']), rewarded(0, 0, ['hit'])];
    const { advantage, turns } = computeAdvantages(batch, settings);
    expect(advantage[0]).toBeGreaterThan(0.9);
    expect(turns).toEqual([[advantage[0], advantage[0], advantage[0]], [advantage[1]]]);
  });

  it.each(['trajectory', 'action', 'mixed'] as const)('drops a group of one or none in kind %s', (kind) => {
    const batch = [rewarded(0, 1, ['hit', 'miss']), rewarded(1, 5, ['hit'], false)];
    expect(computeAdvantages(batch, { ...settings, kind, minGroupStd: 0 })).toMatchObject({
      kept: [false, false],
      groups: 2,
      groupsKept: 0,
    });
  });

  it('leaves unscorable trajectories out of the mean and of training', () => {
    const batch = [
      rewarded(0, 0),
      rewarded(0, 1),
      rewarded(0, -99, ['answer'], false),
      rewarded(1, 0),
      rewarded(1, 5, [''], false),
    ];
    const { advantage, kept } = computeAdvantages(batch, { ...settings, scaling: 'none' });
    expect(advantage).toEqual([-0.5, 0.5, 0, 0, 0]);
    // One trajectory is left in group 1: nothing to compare it with.
    expect(kept).toEqual([true, true, false, false, false]);
  });

  it('decides in kind action on the action values, not on the rewards', () => {
    const batch = [
      rewarded(0, 1, ['hit', 'answer']),
      rewarded(0, 1, ['miss', 'answer']),
      rewarded(1, 0, ['hit', 'answer']),
      rewarded(1, 1, ['hit', 'answer']),
    ];
    const result = computeAdvantages(batch, { ...settings, kind: 'action' });
    expect(result.turns.slice(0, 2)).toEqual([
      [1.2, 2],
      [-0.2, 2],
    ]);
    expect(result.kept).toEqual([true, true, false, false]);
  });

  it('gives a turn without a value of its own the advantage of the trajectory', () => {
    const batch = [rewarded(0, 0, ['']), rewarded(0, 1, ['hit'])];
    const { turns } = computeAdvantages(batch, { ...settings, kind: 'action', scaling: 'none' });
    expect(turns).toEqual([[-0.5], [1.2]]);
  });

  it('gives turns the opinion of the environment: constants, multiples of the advantage, none', () => {
    const of = (turnValues: readonly TurnValue[] | undefined, reward: number): RewardedTrajectory => {
      const { outcome } = rewarded(0, reward, ['hit', 'miss']);
      return { group: 0, reward, scorable: true, outcome: outcomeOf(outcome.turns, turnValues) };
    };
    const batch = [of([{ advantage: 0.3 }, -2], 3), of([7], 1), of(undefined, -1)];
    const { turns } = computeAdvantages(batch, { ...settings, kind: 'action', scaling: 'none' });
    expect(turns[0]?.[0]).toBeCloseTo(0.3 * 2, 12);
    expect(turns[0]?.[1]).toBe(-2);
    expect(turns.slice(1)).toEqual([
      [7, 0],
      [-2, -2],
    ]);
  });

  it('mixes outcome and process, the process relative to the same action in the group', () => {
    const search = (name: string) => name === 'hit' || name === 'miss';
    const asSearch = (t: RewardedTrajectory): RewardedTrajectory => ({
      ...t,
      outcome: {
        ...t.outcome,
        turns: t.outcome.turns.map((turn) => ({
          ...turn,
          text: turn.calls[0]?.name ?? '',
          calls: turn.calls.map((call) => ({ ...call, name: search(call.name) ? 'search' : call.name })),
        })),
      },
    });
    const mixed: AdvantageSettings = {
      ...settings,
      kind: 'mixed',
      mix: 0.25,
      scaling: 'none',
    };
    const batch = [rewarded(0, 1, ['hit', 'answer']), rewarded(0, 0, ['miss', 'answer'])].map(asSearch);
    const { turns, kept } = computeAdvantages(batch, mixed);
    const [good, poor] = turns as [number[], number[]];
    expect(good[0]).toBeCloseTo(0.25 * 0.5 + 0.75 * 0.7, 12);
    expect(good[1]).toBeCloseTo(0.25 * 0.5, 12);
    expect(poor[0]).toBeCloseTo(-0.25 * 0.5 - 0.75 * 0.7, 12);
    expect(kept).toEqual([true, true]);
    // What all rollouts do rightly is pushed in none: constants have lost their push (bug of the original system).
    const alike = [rewarded(0, 1, ['hit', 'answer']), rewarded(0, 1, ['hit', 'answer'])].map(asSearch);
    expect(computeAdvantages(alike, mixed).kept).toEqual([false, false]);
    computeAdvantages(alike, mixed)
      .turns.flat()
      .forEach((value) => expect(value).toBeCloseTo(0, 12));
    // Divided by the spread of the centred values within the group.
    const scaled = computeAdvantages(batch, { ...mixed, mix: 0, scaling: 'group' }).turns[0] as number[];
    expect(scaled[0]).toBeCloseTo(0.7 / (Math.sqrt(0.49 / 2) + 1e-4), 9);
  });
});

describe('tokenAdvantages', () => {
  it('spreads turn values over their tokens, the prompt carrying none', () => {
    const turnOf = Int16Array.from([-1, -1, 0, 0, 1, 2]);
    expect([...tokenAdvantages(turnOf, [0.5, -2], 7)]).toEqual([0, 0, 0.5, 0.5, -2, 7]);
  });
});
