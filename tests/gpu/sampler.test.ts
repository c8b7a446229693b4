/** Multi-turn sampling: its log-probs are the trainer's, and what a sequence gets does not depend on the others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../src/kernels/gpu';
import type { GpuPolicy } from '../../src/engine/gpu-policy';
import { type SampledSequence, type SampleOptions, type SequenceRequest } from '../../src/engine/types';
import { PolicyError } from '../../src/errors/policy';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { Random } from '../../src/random/philox';
import { batchOf, LOSS, openGpu, PLAIN, SAMPLE, TINY, tinyPolicy } from '../fixtures/tiny-policy';

let gpu: Gpu;
let policy: GpuPolicy;
beforeAll(async () => {
  gpu = await openGpu();
  policy = await tinyPolicy(gpu);
});
afterAll(() => gpu.device.destroy());

/** Prompts in groups of three with a common beginning, as questions behind one system prompt. */
function requests(count: number): SequenceRequest[] {
  const random = new Random(1, 'prompts');
  const ids = (n: number) => Array.from({ length: n }, () => 1 + random.integer(TINY.vocabSize - 1));
  const system = ids(6);
  const prompts = Array.from({ length: Math.ceil(count / 3) }, () => [
    ...system,
    ...ids(1 + random.integer(9)),
  ]);
  return Array.from({ length: count }, (_, i) => {
    const group = Math.floor(i / 3);
    return { key: { step: 4, group, rollout: i % 3 }, promptIds: prompts[group] as number[] };
  });
}

/** Three turns; after the first a long continuation, after the second a single token. */
function conversation(): Pick<SampleOptions, 'onTurn'> & { turns: Map<number, number> } {
  const turns = new Map<number, number>();
  return {
    turns,
    onTurn: (sequence) => {
      const turn = (turns.get(sequence) ?? 0) + 1;
      turns.set(sequence, turn);
      return turn === 1 ? [7, 8, 9, 10, 11, 12, 13] : turn === 2 ? [14] : null;
    },
  };
}

/** Largest |p_trainer / p_sampler − 1| over sampled tokens. */
async function ratioError(sequences: readonly SampledSequence[], temperature: number): Promise<number> {
  const batch = batchOf(
    sequences.map(({ ids, source }) => ({
      ids,
      mask: Array.from(source, (s) => (s === TOKEN_SOURCE.sampled ? 1 : 0)),
      advantages: ids.map(() => 0),
      old: ids.map(() => 0),
      weight: 1,
    })),
  );
  const logprobs = await policy.score(batch.forest, batch.rows, { adapter: true, temperature });
  let worst = 0;
  let count = 0;
  sequences.forEach(({ logprobs: sampled, source }, s) => {
    source.forEach((from, t) => {
      if (from !== TOKEN_SOURCE.sampled) return;
      const now = logprobs[batch.rowOf[s]?.[t] as number] as number;
      worst = Math.max(worst, Math.abs(Math.exp(now - (sampled[t] as number)) - 1));
      count++;
    });
  });
  expect(count).toBeGreaterThan(sequences.length);
  return worst;
}

describe('log-probs of sampling and training agree', () => {
  test.each([
    [1, 64, 1],
    [3, 64, 1],
    [9, 64, 1],
    [9, 4, 0.7],
    [7, 1, 1],
  ])('%i sequences, %i at a time, temperature %f', async (count, maxBatch, temperature) => {
    const sampled = await policy.sample(requests(count), {
      ...SAMPLE,
      ...conversation(),
      maxBatch,
      params: { ...PLAIN, temperature },
    });
    expect(await ratioError(sampled, temperature)).toBeLessThan(1e-4);
  });

  test('greedy draws the most likely token and tells its log-prob at temperature 1', async () => {
    const [sequence] = await policy.sample(requests(1), { ...SAMPLE, params: { ...PLAIN, temperature: 0 } });
    const { ids, source, logprobs } = sequence as SampledSequence;
    const first = source.indexOf(TOKEN_SOURCE.sampled);
    expect(await ratioError([sequence as SampledSequence], 1)).toBeLessThan(1e-4);
    for (let t = first; t < ids.length; t++) {
      const prefix = ids.slice(0, t);
      // Every continuation of the prefix by one token, as one forest.
      const all = Array.from({ length: TINY.vocabSize }, (_, id) => [...prefix, id]);
      const { forest, rows, rowOf } = batchOf(
        all.map((path) => ({
          ids: path,
          mask: path.map((_, at) => (at === t ? 1 : 0)),
          advantages: path.map(() => 0),
          old: path.map(() => 0),
          weight: 1,
        })),
      );
      const scores = await policy.score(forest, rows, { adapter: true, temperature: 1 });
      const best = Math.max(...scores);
      expect(scores[rowOf[ids[t] as number]?.[t] as number]).toBeCloseTo(best, 5);
      expect(Math.abs((logprobs[t] as number) - best)).toBeLessThan(1e-4);
    }
  });

  test('a prompt longer than one pass is computed in pieces', async () => {
    const promptIds = Array.from({ length: 230 }, (_, i) => 1 + (i % 90));
    const long = [0, 1, 2].map((rollout) => ({
      key: { step: 0, group: 0, rollout },
      // Three different beginnings: 690 nodes, above the 512 of one pass.
      promptIds: [rollout + 1, ...promptIds],
    }));
    const sampled = await policy.sample(long, { ...SAMPLE, maxSeqLength: 240 });
    expect(await ratioError(sampled, 1)).toBeLessThan(1e-4);
  });
});

describe('the record of a sequence', () => {
  test('sources, turns and stops', async () => {
    const turns: { sequence: number; stopped: string; ids: readonly number[]; length: number }[] = [];
    const told = new Map<number, number[]>();
    const { onTurn } = conversation();
    const asked = requests(6);
    const sampled = await policy.sample(asked, {
      ...SAMPLE,
      // Several stop tokens, so that some turns end early and others by length.
      stopIds: [0, 20, 40, 60, 80],
      onTurn: (sequence, turn, length) => {
        turns.push({ sequence, stopped: turn.stopped, ids: turn.ids, length });
        return onTurn(sequence, turn, length);
      },
      onTokens: (sequence, ids) => told.set(sequence, [...(told.get(sequence) ?? []), ...ids]),
    });
    expect(new Set(turns.map(({ stopped }) => stopped))).toEqual(new Set(['stop-token', 'max-tokens']));
    sampled.forEach(({ ids, source, logprobs }, s) => {
      const prompt = (asked[s] as SequenceRequest).promptIds;
      const own = turns.filter(({ sequence }) => sequence === s);
      expect(own).toHaveLength(3);
      const [one, two, three] = own.map((turn) => turn.ids) as [number[], number[], number[]];
      expect(ids).toEqual([...prompt, ...one, 7, 8, 9, 10, 11, 12, 13, ...two, 14, ...three]);
      const kinds = [
        ...prompt.map(() => TOKEN_SOURCE.prompt),
        ...one.map(() => TOKEN_SOURCE.sampled),
        ...new Array<number>(7).fill(TOKEN_SOURCE.tool),
        ...two.map(() => TOKEN_SOURCE.sampled),
        TOKEN_SOURCE.tool,
        ...three.map(() => TOKEN_SOURCE.sampled),
      ];
      expect(Array.from(source)).toEqual(kinds);
      expect(logprobs).toHaveLength(ids.length);
      kinds.forEach((kind, t) => {
        if (kind === TOKEN_SOURCE.sampled) expect(logprobs[t]).toBeLessThan(0);
        else expect(logprobs[t]).toBe(0);
      });
      expect(told.get(s)).toEqual([...one, ...two, ...three]);
      expect(own.at(-1)?.length).toBe(ids.length);
      for (const { stopped, ids: turn } of own) {
        const stops = turn.flatMap((id, at) => ([0, 20, 40, 60, 80].includes(id) ? [at] : []));
        expect(stops).toEqual(stopped === 'stop-token' ? [turn.length - 1] : []);
        if (stopped === 'max-tokens') expect(turn).toHaveLength(SAMPLE.maxTurnTokens);
      }
    });
  });

  test('a sequence ends when the context is full', async () => {
    const stops: string[] = [];
    const [sequence] = await policy.sample(requests(1), {
      ...SAMPLE,
      stopIds: [],
      maxTurnTokens: 500,
      maxSeqLength: 40,
      onTurn: (_, { stopped }) => {
        stops.push(stopped);
        return null;
      },
    });
    expect(stops).toEqual(['context-full']);
    expect(sequence?.ids).toHaveLength(40);
  });
});

describe('sampling does not depend on the batch', () => {
  test('the same keys give the same ids alone, together, in another order and with waiting', async () => {
    const asked = requests(9);
    const sample = async (list: readonly SequenceRequest[], maxBatch: number, seed = PLAIN.seed) => {
      const options = { ...SAMPLE, ...conversation(), maxBatch, params: { ...PLAIN, seed } };
      return (await policy.sample(list, options)).map(({ ids }) => ids);
    };
    const together = await sample(asked, 64);
    expect(await sample(asked, 64)).toEqual(together);
    expect(await sample(asked, 2)).toEqual(together);
    expect((await sample(asked.slice().reverse(), 4)).reverse()).toEqual(together);
    expect(await sample([asked[5] as SequenceRequest], 1)).toEqual([together[5]]);
    // Rollouts of one prompt differ, and so does everything under another seed.
    expect(new Set(together.map((ids) => ids.join())).size).toBe(asked.length);
    const others = await sample(asked, 64, PLAIN.seed + 1);
    others.forEach((ids, i) => expect(ids).not.toEqual(together[i]));
  });

  test('the adapter takes part, and only while it is enabled', async () => {
    const options = { ...SAMPLE, params: { ...PLAIN, temperature: 0 } };
    const ids = async () => (await policy.sample(requests(3), options)).map((s) => s.ids);
    const on = await ids();
    policy.adapterEnabled = false;
    const off = await ids();
    policy.adapterEnabled = true;
    expect(off).not.toEqual(on);
    expect(await ids()).toEqual(on);
  });
});

describe('turns that take time', () => {
  /** Answers the same as {@link conversation}, each after as many turns of the event loop as chance says. */
  function slow(seed: number) {
    const random = new Random(seed, 'delays');
    const { onTurn } = conversation();
    const answered: number[] = [];
    const late: SampleOptions['onTurn'] = async (sequence, turn, length) => {
      for (let i = random.integer(8); i > 0; i--) await new Promise((done) => setTimeout(done, 0));
      answered.push(sequence);
      return onTurn(sequence, turn, length);
    };
    return { answered, onTurn: late };
  }

  test.each([
    [1, 64],
    [2, 3],
    [3, 1],
  ])('give bit-equal sequences (delays of seed %i, %i at a time)', async (seed, maxBatch) => {
    const plain = await policy.sample(requests(9), { ...SAMPLE, ...conversation(), maxBatch });
    const { answered, onTurn } = slow(seed);
    const late = await policy.sample(requests(9), { ...SAMPLE, onTurn, maxBatch });
    expect(late).toEqual(plain);
    expect(answered).toHaveLength(27);
  });

  test('one that fails ends the call with its error, and nothing stays behind', async () => {
    const live = gpu.pool.live;
    const { onTurn } = conversation();
    const failing = policy.sample(requests(4), {
      ...SAMPLE,
      onTurn: async (sequence, turn, length) => {
        if (sequence === 2) throw new RangeError('the tool is away');
        return onTurn(sequence, turn, length);
      },
    });
    await expect(failing).rejects.toThrow(/the tool is away/);
    expect(gpu.pool.live).toBe(live);
  });

  test('an abort while waiting ends the call, though no turn ever answers', async () => {
    const live = gpu.pool.live;
    const stop = new AbortController();
    let waiting = 0;
    const never = policy.sample(requests(3), {
      ...SAMPLE,
      signal: stop.signal,
      onTurn: () => {
        if (++waiting === 3) setTimeout(() => stop.abort(), 0);
        return new Promise(() => undefined);
      },
    });
    await expect(never).rejects.toThrow(PolicyError);
    expect(waiting).toBe(3);
    expect(gpu.pool.live).toBe(live);
  });
});

describe('limits and errors', () => {
  const fails = (list: readonly SequenceRequest[], changes: Partial<SampleOptions>) =>
    expect(policy.sample(list, { ...SAMPLE, ...changes })).rejects;
  const one = (promptIds: number[]): SequenceRequest[] => [
    { key: { step: 0, group: 0, rollout: 0 }, promptIds },
  ];

  test('say what was asked and what to do', async () => {
    await fails(one(new Array<number>(70).fill(3)), {}).toThrow(
      /a prompt has 70 tokens and maxSeqLength is 64; raise maxSeqLength or shorten the prompt/,
    );
    await fails(one([3, 96]), {}).toThrow(/token id 96 is outside the vocabulary of 96/);
    await fails(one([]), {}).toThrow(/a prompt has no tokens/);
    await fails(one([1]), { maxSeqLength: 300 }).toThrow(/maxSeqLength is 300, must be in 2 … 256/);
    await fails(one([1]), { params: { ...PLAIN, topP: 0 } }).toThrow(/topP is 0/);
    await fails(one([1]), { params: { ...PLAIN, temperature: NaN } }).toThrow(/temperature is NaN/);
    await fails(one([1]), { onTurn: () => new Array<number>(80).fill(1) }).toThrow(/leaves no room/);
    await fails(one([1]), { onTurn: () => [] }).toThrow(/answer null to finish/);
    await fails(one([1]), { onTurn: () => [500] }).toThrow(/token id 500, outside the vocabulary/);
    await expect(policy.sample([], SAMPLE)).resolves.toEqual([]);
  });

  test('an aborted signal stops between tokens', async () => {
    const stop = new AbortController();
    let tokens = 0;
    const run = policy.sample(requests(2), {
      ...SAMPLE,
      stopIds: [],
      maxTurnTokens: 50,
      signal: stop.signal,
      onTokens: () => {
        if (++tokens === 4) stop.abort();
      },
    });
    await expect(run).rejects.toThrow(PolicyError);
    expect(tokens).toBe(4);
  });

  test('no buffer stays behind, after errors and after turns', async () => {
    const live = gpu.pool.live;
    await policy.sample(requests(5), { ...SAMPLE, ...conversation(), maxBatch: 2 });
    await fails(requests(3), { onTurn: () => new Array<number>(80).fill(1) }).toThrow();
    expect(gpu.pool.live).toBe(live);
  });
});

test('the first update after sampling has ratio 1: clipping nothing, changing nothing', async () => {
  const sampled = await policy.sample(requests(6), { ...SAMPLE, ...conversation() });
  const trajectories = (current: boolean) =>
    batchOf(
      sampled.map(({ ids, source, logprobs }, i) => ({
        ids,
        mask: Array.from(source, (s) => (s === TOKEN_SOURCE.sampled ? 1 : 0)),
        advantages: ids.map(() => (i % 2 === 0 ? 1 : -1)),
        old: Array.from(logprobs, (logp) => (current ? NaN : logp)),
        weight: 1 / 6,
      })),
    );
  const gradients = async (current: boolean) => {
    const { forest, rows } = trajectories(current);
    policy.zeroGradient();
    await policy.accumulate(forest, rows, LOSS);
    const found = await policy.readGradients();
    policy.zeroGradient();
    return found;
  };
  const marked = await gradients(true);
  for (const [name, { data }] of await gradients(false)) {
    const wanted = marked.get(name)?.data as Float32Array;
    const gap = Math.hypot(...data.map((g, i) => g - (wanted[i] as number)));
    expect(gap / Math.hypot(...wanted), name).toBeLessThan(1e-4);
  }
});

describe('the key/value cache out of a budget', () => {
  /** Bytes of one slot, all layers together: keys and values of all heads. */
  const SLOT = TINY.layers * 2 * TINY.kvHeads * TINY.headDim * 4;
  const PROMPTS = 60;

  /** The same calls with room for everything and with `slots` slots, on policies of their own. */
  async function both(slots: number, options: Partial<SampleOptions>, count = 12) {
    const roomy = await tinyPolicy(gpu);
    const tight = await tinyPolicy(gpu, TINY, { cacheBytes: slots * SLOT });
    const sample = (one: GpuPolicy) =>
      one.sample(requests(count), { ...SAMPLE, ...conversation(), stopIds: [], ...options });
    const found = [await sample(roomy), await sample(tight)] as const;
    roomy.dispose();
    tight.dispose();
    return found;
  }

  test.each([PROMPTS + 160, PROMPTS + 64, PROMPTS + 48])(
    '%i slots give the same bytes as room for all',
    async (slots) => {
      const [wanted, found] = await both(slots, {});
      expect(found).toEqual(wanted);
      expect(new Set(wanted.map(({ ids }) => ids.length)).size).toBeGreaterThan(1);
    },
  );

  test('sequences whose answers are late give their pages to earlier ones and come back', async () => {
    const turns = new Map<number, number>();
    const onTurn = async (sequence: number) => {
      const turn = (turns.get(sequence) ?? 0) + 1;
      turns.set(sequence, turn);
      // Later sequences answer first.
      await new Promise((resolve) => setTimeout(resolve, 2 * (12 - sequence)));
      return turn % 3 === 1 ? [7, 8, 9, 10, 11, 12, 13] : turn % 3 === 2 ? [14] : null;
    };
    const [wanted] = await both(10_000, {});
    const tight = await tinyPolicy(gpu, TINY, { cacheBytes: (PROMPTS + 64) * SLOT });
    const found = await tight.sample(requests(12), { ...SAMPLE, stopIds: [], onTurn });
    tight.dispose();
    expect(found).toEqual(wanted);
  });

  test('as much memory as the budget is taken, not as much as all sequences could need', async () => {
    const peak = async (cacheBytes: number) => {
      const own = await openGpu();
      const one = await tinyPolicy(own, TINY, { cacheBytes });
      await one.sample(requests(12), { ...SAMPLE, ...conversation(), maxSeqLength: 200 });
      const { peakBytes } = own.memory;
      own.device.destroy();
      return peakBytes;
    };
    const saved = (await peak(1e9)) - (await peak(400 * SLOT));
    // 12 sequences of up to 200 tokens, less what 400 slots hold and what size classes add.
    expect(saved).toBeGreaterThan(1200 * SLOT);
  });

  test('a budget below one sequence is refused in words', async () => {
    const tight = await tinyPolicy(gpu, TINY, { cacheBytes: 50 * SLOT });
    await expect(tight.sample(requests(3), { ...SAMPLE, ...conversation() })).rejects.toThrow(
      /Sampling needs room for \d+ tokens in the key\/value cache at least; there is room for 50/,
    );
    tight.dispose();
  });
});
