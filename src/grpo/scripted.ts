/** A policy that says what it is told to: expert episodes become trajectories by the driver that every rollout has. */
import type { SampledSequence, TrainablePolicy } from '../engine/types';
import { TOKEN_SOURCE, type TokenId } from '../tokens/types';

/**
 * @param turns of every request, in order; a script that ends before its episode does ends in an empty turn
 */
export function scriptedPolicy(
  turns: readonly (readonly (readonly TokenId[])[])[],
): Pick<TrainablePolicy, 'sample'> {
  return {
    sample: (requests, { maxSeqLength, onTurn, stopIds }) =>
      Promise.all(
        requests.map(async ({ promptIds }, index): Promise<SampledSequence> => {
          const ids = [...promptIds];
          const source: number[] = ids.map(() => TOKEN_SOURCE.prompt);
          for (let turn = 0; ; turn++) {
            const script = turns[index]?.[turn] ?? [stopIds[0] as TokenId];
            const written = script.slice(0, maxSeqLength - ids.length);
            ids.push(...written);
            source.push(...written.map(() => TOKEN_SOURCE.sampled));
            const stopped = written.length < script.length ? 'context-full' : 'stop-token';
            const next = await onTurn(index, { ids: written, stopped }, ids.length);
            if (next === null) break;
            ids.push(...next);
            source.push(...next.map(() => TOKEN_SOURCE.tool));
          }
          return { ids, source: Uint8Array.from(source), logprobs: new Float32Array(ids.length) };
        }),
      ),
  };
}
