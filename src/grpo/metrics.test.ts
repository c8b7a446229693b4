import { describe, expect, it } from 'vitest';
import { sampleStep } from './dynamic-sampling';
import { SilenceWatch, stepMetrics } from './metrics';
import { TOY_METRICS, toyRun, toyTask, toyTasks } from '../../tests/support/toy-run';
import type { StepMetrics } from './types';

/** Metrics of a step of toy rollouts, of whose tool results `cut` chooses those that did not fit. */
async function toyMetrics(cut: (result: number) => boolean): Promise<StepMetrics> {
  const { deps, settings } = toyRun();
  const batch = await sampleStep(deps, toyTasks(10, 't'), 1, settings);
  let seen = 0;
  const trajectories = batch.trajectories.map((trajectory) => ({
    ...trajectory,
    outcome: {
      ...trajectory.outcome,
      turns: trajectory.outcome.turns.map((turn) => ({
        ...turn,
        results: turn.results.map((result) => ({ ...result, truncated: cut(seen++) })),
      })),
    },
  }));
  return stepMetrics({
    ...{ step: 1, maxSteps: 1, mode: settings.mode, batchSize: settings.batchSize },
    ...{ batch: { ...batch, trajectories }, update: null },
    ...{ learningRate: 1, gpuBytes: 0, rolloutSeconds: 1, trainSeconds: 1, table: TOY_METRICS },
  });
}

describe('stepMetrics', () => {
  it('counts tool results that were cut to fit the context', async () => {
    expect((await toyMetrics(() => false)).truncatedResults).toBe(0);
    expect((await toyMetrics((result) => result < 3)).truncatedResults).toBe(3);
  });
});

describe('SilenceWatch', () => {
  const observed = (steps: readonly StepMetrics[]) => {
    const watch = new SilenceWatch();
    return steps.map((metrics) => watch.observe(metrics, 18));
  };

  it('warns of cut tool results once per stretch of three steps, whatever the rollouts earn', async () => {
    const well = await toyMetrics(() => false);
    const cut = { ...well, toolCalls: 40, truncatedResults: 5 };
    const warnings = observed([cut, cut, well, cut, cut, cut, cut, well, cut, cut, cut]).map(
      (texts) => texts.filter((text) => /tool results were cut/.test(text)).length,
    );
    expect(warnings).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(observed([cut, cut, cut]).flat().join()).toMatch(/5 of 40 calls.*Raise maxSeqLength/);
  });

  it('says nothing of a tenth or less, nor of steps without calls', async () => {
    const well = await toyMetrics(() => false);
    const few = { ...well, toolCalls: 40, truncatedResults: 4 };
    const none = { ...well, toolCalls: 0, truncatedResults: 0 };
    const texts = observed([few, few, few, none, none, none]).flat();
    expect(texts.filter((text) => /tool results/.test(text))).toEqual([]);
  });

  it('warns of rollouts that are cut, nine of ten or more', async () => {
    const well = await toyMetrics(() => false);
    const [most, some] = [17, 16].map((truncatedRollouts) => ({ ...well, truncatedRollouts })) as [
      StepMetrics,
      StepMetrics,
    ];
    expect(observed([most, most, most]).flat().join()).toMatch(/17 of 18 rollouts were cut/);
    expect(observed([most, most, some, most]).flat().join()).not.toMatch(/rollouts were cut/);
  });
});
