/** Token steps with a past, as contestants. */
import type { GpuPolicy } from '../../src/engine/gpu-policy';
import type { ModelConfig, SampledSequence } from '../../src/engine/types';
import { Random } from '../../src/random/philox';
import { cpuNow } from './measure';
import { meter } from './meter';
import type { Contestant, Cost } from './types';

export const PAST = 128;
/** Token steps of one run. */
export const STEPS = 32;

/** Distinct prompts: nothing is shared between the sequences. */
export function prompts(config: Pick<ModelConfig, 'vocabSize'>, batch: number): number[][] {
  const random = new Random(11, 'bench-prompts');
  return Array.from({ length: batch }, (_, s) => [
    s,
    ...Array.from({ length: PAST - 1 }, () => random.integer(config.vocabSize)),
  ]);
}

export interface DecodeContestant extends Contestant {
  /** Sequences of the latest run. */
  readonly latest: () => readonly SampledSequence[];
}

/**
 * The sampler as rollouts use it. A run costs what one token step costs: the clock starts when the first tokens
 * arrive, so the prompts' own computation is not in it.
 */
export function ourDecode(
  policy: GpuPolicy,
  promptIds: readonly number[][],
  steps = STEPS,
): DecodeContestant {
  let latest: readonly SampledSequence[] = [];
  const run = async (): Promise<Cost> => {
    let wall = 0;
    let cpu = 0;
    let counted = 0;
    let arrival: 'none' | 'first' | 'later' = 'none';
    latest = await policy.sample(
      promptIds.map((ids, rollout) => ({ promptIds: ids, key: { step: 1, group: 0, rollout } })),
      {
        params: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 5 },
        stopIds: [],
        maxTurnTokens: steps + 1,
        maxSeqLength: PAST + steps + 2,
        onTurn: () => null,
        onTokens: (_, ids) => {
          if (arrival === 'later') {
            counted += ids.length;
            return;
          }
          // Everything that comes in one go with the first token was computed before the clock starts.
          if (arrival === 'none') queueMicrotask(() => (arrival = 'later'));
          arrival = 'first';
          wall = performance.now();
          cpu = cpuNow();
        },
      },
    );
    const perStep = promptIds.length / counted;
    return { wall: (performance.now() - wall) * perStep, cpu: (cpuNow() - cpu) * perStep };
  };
  return { name: 'ours', run: () => meter.as('ours', run), latest: () => latest };
}
