import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SampledSequence, type SampleOptions } from '../engine/types';
import { TOKEN_SOURCE } from '../tokens/types';
import { groupRequests, resultBudget, rollOut, type RolloutDeps, type RolloutOptions } from './rollout';
import type { Episode, Outcome, Task } from '../env/types';
import { taskText } from '../conversation/text';
import { Random } from '../random/philox';
import { idOf, WORDS } from '../../tests/support/bigram-policy';
import { ToyEpisode, ToyFirstTurn, toyRun, toyTasks, withOutcome } from '../../tests/support/toy-run';
import { TrainingError } from '../errors/training';

const options: RolloutOptions = {
  params: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 5 },
  maxTurns: 3,
  maxTokens: 4,
  maxSeqLength: 24,
};
const requests = groupRequests(toyTasks(3, 'q'), 8, 4);

/** A sampler that says the given words, turn by turn. */
function scripted(
  deps: RolloutDeps,
  turns: readonly string[],
  alter?: (s: SampledSequence) => SampledSequence,
) {
  const sample = (sequences: readonly { promptIds: readonly number[] }[], o: SampleOptions) =>
    Promise.all(
      sequences.map(async ({ promptIds }, index): Promise<SampledSequence> => {
        const ids = [...promptIds];
        const source = ids.map((): number => TOKEN_SOURCE.prompt);
        for (const turn of turns) {
          const said = turn.split(' ').map(idOf);
          ids.push(...said);
          source.push(...said.map(() => TOKEN_SOURCE.sampled));
          const stopped =
            said.at(-1) === 0 ? 'stop-token' : ids.length >= o.maxSeqLength ? 'context-full' : 'max-tokens';
          const suffix = await o.onTurn(index, { ids: said, stopped }, ids.length);
          if (suffix === null) break;
          ids.push(...suffix);
          source.push(...suffix.map(() => TOKEN_SOURCE.tool));
        }
        const logprobs = Float32Array.from(source, (s) => (s === TOKEN_SOURCE.sampled ? -1 : 0));
        const sequence = { ids, source: Uint8Array.from(source), logprobs };
        return alter?.(sequence) ?? sequence;
      }),
    );
  return { ...deps, policy: { sample } };
}
const one = requests.slice(0, 1);
const words = (ids: readonly number[]) => ids.map((id) => WORDS[id]).join(' ');

describe('rollOut', () => {
  it('records exactly the tokens seen and sampled, with source and turn of each', async () => {
    const { deps } = toyRun();
    const [t] = await rollOut(scripted(deps, ['search <stop>', 'q1 search', 'good <stop>']), one, options);
    expect(words(t?.ids ?? [])).toBe(
      '<start> q0 <first> search <stop> <tool> <next> q1 search <stop> <tool> <next> good <stop>',
    );
    // The stop token that the second turn never said belongs to the template's suffix.
    expect([...(t?.source ?? [])].join('')).toBe('00011221122211');
    expect([...(t?.turnOf ?? [])]).toEqual([-1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2]);
    expect(t?.reward).toBe(1.25);
    expect(t?.truncated).toBe(false);
    expect(t?.outcome.metrics['total_output_tokens']).toBe(6);
    expect(t?.outcome.metrics['total_input_tokens']).toBe(3 + 7 + 12);
  });

  it('gives tool results the budget that is left after the turn', async () => {
    const { deps } = toyRun();
    const roomy = { ...options, maxSeqLength: 400 };
    const [t] = await rollOut(scripted(deps, ['search <stop>', 'search <stop>', 'good <stop>']), one, roomy);
    const charactersPerToken = deps.chat.decode(t!.ids.slice(0, 3)).length / 3;
    const told = t!.outcome.turns.flatMap(({ results }) => results.map(({ content }) => Number(content)));
    expect(told).toEqual([
      resultBudget(400 - 5, 2, options.maxTokens, charactersPerToken),
      resultBudget(400 - 9, 1, options.maxTokens, charactersPerToken),
    ]);
  });

  it('repeats for equal keys and differs between rollouts', async () => {
    const all = await rollOut(toyRun().deps, requests, options);
    const again = await rollOut(toyRun().deps, requests.slice().reverse(), options);
    expect(again.reverse()).toEqual(all);
    expect(new Set(all.map(({ ids }) => ids.join())).size).toBeGreaterThan(requests.length / 2);
  });

  it('samples in mode simple the first turns of the same episodes, and runs no tool', async () => {
    const episodes = await rollOut(toyRun().deps, requests, options);
    const single = await rollOut(
      { ...toyRun().deps, start: (task) => new ToyFirstTurn(task) },
      requests,
      options,
    );
    episodes.forEach((episode, i) => {
      const first = episode.turnOf.findIndex(
        (turn, t) => turn > 0 || episode.source[t] === TOKEN_SOURCE.tool,
      );
      const length = first < 0 ? episode.ids.length : first;
      expect(single[i]?.ids).toEqual(episode.ids.slice(0, length));
      expect(single[i]?.logprobs).toEqual(episode.logprobs.slice(0, length));
      expect(single[i]?.outcome.turns.length).toBe(1);
      expect(single[i]?.outcome.turns[0]?.results).toEqual([]);
    });
    const found = single.find(({ outcome }) => outcome.turns[0]?.text.includes('search'));
    // A parsable call of the right tool with valid arguments; the keyword is in question q0 only.
    expect(found?.reward).toBeCloseTo(taskText(found?.task as Task) === 'q0' ? 1 : 0.7, 12);
  });

  it('ends an episode whose next turn does not fit, and one that fills the context', async () => {
    const { deps } = toyRun();
    const [noRoom] = await rollOut(scripted(deps, ['search <stop>']), one, { ...options, maxSeqLength: 7 });
    expect(noRoom?.outcome.stopCondition).toBe('out-of-context');
    expect(noRoom?.ids.length).toBe(5);
    expect(noRoom?.truncated).toBe(true);
    const [full] = await rollOut(scripted(deps, ['q1 q1']), one, { ...options, maxSeqLength: 5 });
    expect(full?.outcome.stopCondition).toBe('out-of-context');
    expect(full?.truncated).toBe(true);
  });

  it('marks a turn that was cut as truncated, and acts on what it says', async () => {
    const [t] = await rollOut(scripted(toyRun().deps, ['q1 good']), one, options);
    expect(t?.truncated).toBe(true);
    expect(t?.outcome.answer).toBe('good');
  });

  it.each<[string, (s: SampledSequence) => SampledSequence]>([
    ['an earlier token changed', (s) => ({ ...s, ids: s.ids.map((id, t) => (t === 1 ? 3 : id)) })],
    ['a tool token passed for sampled', (s) => ({ ...s, source: s.source.map(() => TOKEN_SOURCE.sampled) })],
    ['a token was lost', (s) => ({ ...s, ids: s.ids.slice(0, -1) })],
    ['a log-prob is not a number', (s) => ({ ...s, logprobs: s.logprobs.map(() => NaN) })],
  ])('refuses the record of a sampler when %s', async (_, alter) => {
    const deps = scripted(toyRun().deps, ['search <stop>', 'good <stop>'], alter);
    await expect(rollOut(deps, one, options)).rejects.toThrow(TrainingError);
  });

  it('refuses a prompt without room for an answer', async () => {
    await expect(rollOut(toyRun().deps, one, { ...options, maxSeqLength: 3 })).rejects.toThrow(
      /maxSeqLength/,
    );
  });
});

/** Answers after as many turns of the event loop as chance says. */
async function later<T>(value: () => T, random: Random): Promise<T> {
  for (let i = random.integer(6); i > 0; i--) await new Promise((done) => setTimeout(done, 0));
  return value();
}

describe('asynchronous tools', () => {
  /** The toy episode, whose steps and outcome come late and in any order. */
  function slow(task: Task, random: Random, finished: string[]): Episode {
    const episode = new ToyEpisode(task);
    return {
      messages: episode.messages,
      tools: episode.tools,
      step: (turn, budget) => later(() => episode.step(turn, budget), random),
      truncate: (reason) => episode.truncate(reason),
      outcome: () =>
        later(() => {
          finished.push(task.id);
          return episode.outcome();
        }, random),
    };
  }

  it.each([1, 2, 3])('give the trajectories of synchronous ones (delays of seed %i)', async (seed) => {
    const { deps } = toyRun();
    const plain = await rollOut(deps, requests, options);
    const random = new Random(seed, 'delays');
    const finished: string[] = [];
    const progress: [number, number][] = [];
    const late = await rollOut({ ...deps, start: (task) => slow(task, random, finished) }, requests, {
      ...options,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(late).toEqual(plain);
    // They did end in another order than they were asked in, and each was counted once.
    expect(finished).not.toEqual(requests.map(({ task }) => task.id));
    expect(progress).toEqual(requests.map((_, i) => [i + 1, requests.length]));
  });

  it('lets what a tool throws through', async () => {
    const failing = (task: Task): Episode => {
      const episode = new ToyEpisode(task);
      return {
        messages: episode.messages,
        tools: episode.tools,
        step: () => Promise.reject(new Error('the tool is away')),
        truncate: () => undefined,
        outcome: () => episode.outcome(),
      };
    };
    await expect(rollOut({ ...toyRun().deps, start: failing }, one, options)).rejects.toThrow(
      /the tool is away/,
    );
  });
});

describe('what the driver decides', () => {
  it('numbers calls by turn and index, and marks arguments that are no object', async () => {
    const deps = scripted(toyRun().deps, ['search search <stop>', 'good <stop>']);
    const parse = (text: string) =>
      text.split(' ').map((name, i) => ({ name, arguments: i === 1 ? null : { i } }));
    const [t] = await rollOut({ ...deps, parse }, one, options);
    expect(t?.outcome.turns.map(({ calls }) => calls)).toEqual([
      [
        { id: 'call_0_0', name: 'search', arguments: { i: 0 } },
        { id: 'call_0_1', name: 'search', arguments: {}, malformed: true },
      ],
      [{ id: 'call_1_0', name: 'good', arguments: { i: 0 } }],
    ]);
  });

  it('ends an episode that is not done after the last turn', async () => {
    const three = ['search <stop>', 'search <stop>', 'search <stop>', 'good <stop>'];
    const [out] = await rollOut(scripted(toyRun().deps, three), one, options);
    expect(out?.outcome).toMatchObject({ stopCondition: 'out-of-turns', answer: null, success: false });
    expect(out?.outcome.turns).toHaveLength(3);
    expect(words(out?.ids.slice(-2) ?? [])).toBe('search <stop>');
    expect(out?.truncated).toBe(false);
    const [whole] = await rollOut(scripted(toyRun().deps, three), one, { ...options, maxTurns: 4 });
    expect(whole?.outcome).toMatchObject({ stopCondition: 'answered', answer: 'good' });
    // An answer in the last turn is no lack of turns.
    const [last] = await rollOut(scripted(toyRun().deps, three.slice(2)), one, { ...options, maxTurns: 2 });
    expect(last?.outcome.stopCondition).toBe('answered');
  });

  it('tells every turn with its results, and counts tokens beside the metrics of the episode', async () => {
    const told: [string, string, number][] = [];
    const deps = scripted(toyRun().deps, ['search <stop>', 'q1 good']);
    const [t] = await rollOut(deps, one, {
      ...options,
      onEpisodeTurn: ({ task }, { text, results }) => told.push([task.id, text, results.length]),
    });
    expect(told).toEqual([
      ['q0', 'search', 1],
      ['q0', 'q1 good', 0],
    ]);
    // The prompt, then all before the second turn; two tokens each sampled.
    expect(t?.outcome.metrics).toEqual({
      ...{ found: 1, tried: 2 },
      ...{ total_input_tokens: 3 + 7, total_output_tokens: 4 },
    });
    const [cut] = await rollOut(scripted(toyRun().deps, ['q1 q1']), one, { ...options, maxSeqLength: 5 });
    expect(cut?.outcome.metrics).toMatchObject({ total_input_tokens: 3, total_output_tokens: 2 });
  });
});

describe('rewards of several parts', () => {
  const rewarded = async (outcome: Partial<Outcome>, rewardWeights: Record<string, number>) => {
    const { deps } = toyRun();
    const [t] = await rollOut(
      {
        ...scripted(deps, ['good <stop>']),
        rewardWeights,
        start: (task) => withOutcome(new ToyEpisode(task), (own) => ({ ...own, ...outcome })),
      },
      one,
      options,
    );
    return { reward: t?.reward, scorable: t?.scorable };
  };

  it('are weighed and summed; a null part does not apply, and one that is no number spoils the rollout', async () => {
    const weights = { right: 2, brief: 0.5, polite: -1 };
    expect(await rewarded({ rewards: { right: 1, brief: 3, polite: 1, other: 9 } }, weights)).toEqual({
      ...{ reward: 2.5, scorable: true },
    });
    expect(await rewarded({ rewards: { right: null, brief: 3, polite: null } }, weights)).toEqual({
      ...{ reward: 1.5, scorable: true },
    });
    expect(await rewarded({ rewards: { right: null, brief: null } }, weights)).toEqual({
      ...{ reward: 0, scorable: false },
    });
    expect(await rewarded({ rewards: { right: 1, brief: NaN } }, weights)).toEqual({
      ...{ reward: 0, scorable: false },
    });
    expect(await rewarded({ rewards: { right: 1 }, stopCondition: 'unscorable' }, weights)).toEqual({
      ...{ reward: 0, scorable: false },
    });
  });
});

describe('resultBudget', () => {
  it('never exceeds what the context holds and leaves room for every turn to come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 500 }),
        (free, turnsLeft, maxTokens) => {
          const tokens = resultBudget(free, turnsLeft, maxTokens, 1);
          expect(tokens).toBeGreaterThanOrEqual(0);
          const held = turnsLeft * Math.min(maxTokens, Math.floor(free / (2 * turnsLeft)));
          expect(tokens).toBeLessThanOrEqual(Math.max(0, free - held));
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it('gives the whole rest before the last turn and half of it earlier', () => {
    // 1000 free, one turn of 84 + 16 tokens held back, three quarters of 3 characters a token.
    expect(resultBudget(1000, 1, 84, 3)).toBe(2025);
    expect(resultBudget(1000, 2, 84, 3)).toBe(900);
    expect(resultBudget(10, 1, 84, 3)).toBe(0);
  });
});
