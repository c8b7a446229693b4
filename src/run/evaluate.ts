/** Evaluation without training, as `npm run evaluate` and the page report it. */
import { evaluateBothWays } from '../grpo/evaluate';
import type { RunEvent } from '../grpo/types';
import type { FileMap } from '../engine/peft';
import { MemoryStore } from './stores/memory-store';
import type { Settings } from '../settings/settings';
import type { EvaluationReport } from '../../workers/api';
import { openRun, type RunPlatform } from './open-run';

/**
 * @param adapter files of a PEFT folder; null for the bare model
 * @throws CorpusError, PolicyError, TrainingError, GpuError
 */
export async function evaluateAdapter(
  platform: RunPlatform,
  wanted: Settings,
  split: 'validation' | 'test',
  adapter: FileMap | null,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<EvaluationReport> {
  const options = { ready: 'evaluation', ...(adapter === null ? {} : { adapter }) } as const;
  const { deps, dataset, settings, dispose } = await openRun(
    platform,
    wanted,
    new MemoryStore(),
    onEvent,
    options,
  );
  try {
    // A fresh adapter changes nothing, so without one this is the bare model.
    return await evaluateBothWays(
      deps,
      settings,
      dataset.questions[split].slice(0, settings.evalDatasetSize),
      {
        step: 0,
        split,
        onProgress: (done, total) =>
          onEvent({ kind: 'progress', phase: 'evaluating', done, total, note: split }),
        ...(signal === undefined ? {} : { signal }),
      },
    );
  } finally {
    dispose();
  }
}
