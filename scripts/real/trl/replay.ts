/** Rollouts that TRL recorded, played again by our own driver: the same tokens, our results and our rewards. */
import type { SampledSequence, SequenceRequest, SampleOptions } from '../../../src/engine/types';
import type { Outcome } from '../../../src/env/types';
import { rollOut } from '../../../src/grpo/rollout';
import { TOKEN_SOURCE, type TokenId } from '../../../src/tokens/types';
import type { OpenedToServe } from '../../serve-environment/open';

/** A line that `train.py --record` writes, as far as it is looked at. */
export interface Recorded {
  /** Place of the task in the training split. */
  readonly task: number;
  readonly prompt_ids: readonly TokenId[];
  readonly completion_ids: readonly TokenId[];
  /** Contents of tool results, those of turns after the episode's end left out. */
  readonly results: readonly string[];
  readonly outcome: { readonly reward: number | null; readonly stop_condition: string };
}

export interface Compared {
  readonly completions: number;
  /** Prompts that have other tokens here. */
  readonly prompts: number;
  /** Rollouts with other tool results here, in text or in the tokens that TRL put between two turns. */
  readonly results: number;
  /** Largest distance of two rewards; infinite where only one of the two could be scored. */
  readonly reward: number;
  /** Different rewards among them: comparing one number with itself would show little. */
  readonly distinct: number;
}

export async function compareRecorded(
  { served }: OpenedToServe,
  records: readonly Recorded[],
): Promise<Compared> {
  const differing = new Set<number>();
  const played = await rollOut(
    {
      ...served,
      policy: {
        sample: (requests, options) => replay(records, requests, options, (i) => differing.add(i)),
      },
    },
    records.map(({ task }, rollout) => {
      const found = served.tasks.train[task];
      if (found === undefined) throw new Error(`TRL recorded task ${task}, which is not there.`);
      return { task: found, step: 0, group: 0, rollout };
    }),
    served.options,
  );
  const rows = played.map(({ ids, reward, scorable, outcome }, i) => {
    const {
      prompt_ids: prompt,
      completion_ids: completion,
      results,
      outcome: theirs,
    } = records[i] as Recorded;
    const own = scorable ? reward : null;
    const hasOtherPrompt = prompt.some((id, t) => ids[t] !== id);
    const isSame = JSON.stringify(contentsOf(outcome)) === JSON.stringify(results);
    if (!isSame || completion.length === 0) differing.add(i);
    const distance =
      own === null || theirs.reward === null
        ? own === theirs.reward
          ? 0
          : Infinity
        : Math.abs(own - theirs.reward);
    return { hasOtherPrompt, distance };
  });
  return {
    completions: rows.length,
    prompts: rows.filter(({ hasOtherPrompt }) => hasOtherPrompt).length,
    results: differing.size,
    reward: Math.max(...rows.map(({ distance }) => distance)),
    distinct: new Set(records.map(({ outcome }) => outcome.reward)).size,
  };
}

function contentsOf({ turns }: Outcome): string[] {
  return turns.flatMap(({ results }) => results.map(({ content }) => content));
}

/** A policy that says what TRL's did, turn by turn. @param differ told where TRL continued with other tokens than we would */
function replay(
  records: readonly Recorded[],
  requests: readonly SequenceRequest[],
  { onTurn, stopIds }: SampleOptions,
  differ: (index: number) => void,
): Promise<SampledSequence[]> {
  return Promise.all(
    requests.map(async ({ promptIds }, index) => {
      const { completion_ids: given } = records[index] as Recorded;
      const ids = [...promptIds];
      const source: number[] = ids.map(() => TOKEN_SOURCE.prompt);
      for (let at = 0; ;) {
        const stop = given.findIndex((id, t) => t >= at && stopIds.includes(id));
        const turn = given.slice(at, stop < 0 ? given.length : stop + 1);
        ids.push(...turn);
        source.push(...turn.map(() => TOKEN_SOURCE.sampled));
        const stopped = turn.length === 0 ? 'context-full' : stop < 0 ? 'max-tokens' : 'stop-token';
        const next = await onTurn(index, { ids: turn, stopped }, ids.length);
        if (next === null) break;
        at += turn.length;
        const between = given.slice(at, at + next.length);
        if (between.length > 0 && next.some((id, t) => between[t] !== id)) differ(index);
        at += next.length;
        ids.push(...next);
        source.push(...next.map(() => TOKEN_SOURCE.tool));
      }
      return { ids, source: Uint8Array.from(source), logprobs: new Float32Array(ids.length) };
    }),
  );
}
